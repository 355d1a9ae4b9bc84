# Reads the output of `ctest -V`. Prints the number of test cases passed, the number failed, and the numbers
# of the failed test programs, joined by |. A program without doctest's summary counts as one case.
{ program = $1; sub(/:$/, "", program) }
/^[0-9]+: \[doctest\] test cases:/ {
  split($0, column, "|")
  split(column[2], good, " ")
  split(column[3], bad, " ")
  passed[program] += good[1]
  failed[program] += bad[1]
  counted[program] = 1
}
/^ *[0-9]+\/[0-9]+ Test +#[0-9]+:/ {
  match($0, /#[0-9]+/)
  program = substr($0, RSTART + 1, RLENGTH - 1)
  if (/ Passed +[0-9.]+ sec/) {
    if (!counted[program]) passed[program] = 1
  } else {
    if (!failed[program]) failed[program] = 1
    guilty = guilty (guilty == "" ? "" : "|") program
  }
}
END {
  for (p in passed) all_passed += passed[p]
  for (p in failed) all_failed += failed[p]
  printf "%d %d %s\n", all_passed, all_failed, guilty
}
