# Completion for bash: commands, their flags, and the pools of the exporter at --url or DBPOOL_URL.
# Copy it to /usr/share/bash-completion/completions/dbpool_exporter.
_dbpool_exporter() {
  local word=${COMP_WORDS[COMP_CWORD]} command=${COMP_WORDS[1]} url=() i
  COMPREPLY=()
  if ((COMP_CWORD == 1)) && [[ $word != -* ]]; then
    mapfile -t COMPREPLY < <(compgen -W 'check explain status' -- "$word")
  elif [[ $word == -* ]]; then
    [[ $command == explain || $command == status ]] || command=
    mapfile -t COMPREPLY < <(compgen -W "$(dbpool_exporter $command --help | grep -o -- '^  --[a-z.-]*=\?')" -- "$word")
    [[ ${COMPREPLY[0]-} == *= ]] && compopt -o nospace
  elif [[ $command == explain ]]; then
    for ((i = 2; i < COMP_CWORD; i++)); do
      # bash splits a word at "=" and ":".
      [[ ${COMP_WORDS[i]} == --url ]] && url=("--url=$(sed -n 's/.*--url[= ]\([^ ]*\).*/\1/p' <<<"$COMP_LINE")")
    done
    mapfile -t COMPREPLY < <(compgen -W "$(dbpool_exporter status --output=json "${url[@]}" 2>/dev/null |
      sed -n 's/^      "name": "\([A-Za-z0-9_.:/-]*\)",$/\1/p')" -- "$word")
  fi
}
complete -F _dbpool_exporter dbpool_exporter
