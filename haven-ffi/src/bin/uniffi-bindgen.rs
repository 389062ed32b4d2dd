//! Writes the hosts' sides from the built library: `uniffi-bindgen generate libhaven_ffi.so --language kotlin --out-dir DIR`.

fn main() {
    uniffi::uniffi_bindgen_main();
}
