//! Puts the built pages into the binary, in debug builds as well: one binary is
//! the whole platform, wherever it is copied to. Only with the feature `web`.

fn main() {
    println!("cargo::rerun-if-changed=build.rs");
    #[cfg(feature = "web")]
    embed::pages();
}

#[cfg(feature = "web")]
mod embed {
    use std::path::{Path, PathBuf};

    /// Writes what `memory_serve::load!` reads: the assets of both sites by name.
    pub fn pages() {
        let out = PathBuf::from(std::env::var_os("OUT_DIR").unwrap_or_default());
        let sites = ["member", "desk"].map(|site| {
            let dist = Path::new(env!("CARGO_MANIFEST_DIR")).join(format!("../../web/{site}/dist"));
            println!("cargo::rerun-if-changed={}", dist.display());
            let Ok(dist) = dist.canonicalize() else {
                panic!("web/{site}/dist is missing: run `make web` first, or build without --features web");
            };
            // Not memory_serve::load_names_directories: it prints a warning for every file.
            let code = memory_serve::assets_to_code(&dist.to_string_lossy(), &dist, &out, true, |_| {});
            format!("({site:?}, {code})")
        });
        let code = format!("&[{}]", sites.join(","));
        if let Err(error) = std::fs::write(out.join("memory_serve_assets.rs"), code) {
            panic!("the list of pages could not be written: {error}");
        }
    }
}
