# Joins the three files of the status page into one document, and writes it and its Content-Security-Policy as
# C++. The policy names the style and the script by their hashes, so that a browser runs no other code.
# Usage: cmake -D ASSETS=folder -D OUTPUT=file.cpp -P EmbedPage.cmake

# Computes a hash in base64, as CSP needs it, from CMake's hexadecimal: 32 bytes are 11 groups of 24 bits, the
# last one padded.
function(source_hash text result)
  set(alphabet "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/")
  string(SHA256 hex "${text}")
  set(encoded "")
  foreach(start RANGE 0 60 6)
    string(SUBSTRING "${hex}00" ${start} 6 group)
    foreach(shift 18 12 6 0)
      math(EXPR index "(0x${group} >> ${shift}) & 63")
      string(SUBSTRING "${alphabet}" ${index} 1 letter)
      string(APPEND encoded "${letter}")
    endforeach()
  endforeach()
  string(SUBSTRING "${encoded}" 0 43 encoded)
  set(${result} "'sha256-${encoded}='" PARENT_SCOPE)
endfunction()

file(READ ${ASSETS}/status.html page)
file(READ ${ASSETS}/status.css style)
file(READ ${ASSETS}/status.js script)
string(REPLACE "@status.css@" "${style}" page "${page}")
string(REPLACE "@status.js@" "${script}" page "${page}")
if(page MATCHES "\\)page\"")
  message(FATAL_ERROR "the status page holds the end of the C++ string that it becomes")
endif()
source_hash("${style}" style_hash)
source_hash("${script}" script_hash)
string(CONCAT policy
  "default-src 'none'; style-src ${style_hash}; script-src ${script_hash}; connect-src 'self'; img-src data:; "
  "base-uri 'none'; form-action 'none'; frame-ancestors 'none'; "
  "require-trusted-types-for 'script'; trusted-types 'none'")
file(WRITE ${OUTPUT}
"#include \"web/assets/status_document.hpp\"

namespace dbpool {

const std::string_view status_document = R\"page(${page})page\";
const std::string_view status_document_policy = \"${policy}\";

}  // namespace dbpool
")
