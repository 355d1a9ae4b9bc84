// Adds nothing: it makes libcrypto available under the name by which CivetWeb loads it.
extern "C" const int dbpool_shim_of_libcrypto = 3;
