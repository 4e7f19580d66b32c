//! Rules of the house that a compiler does not know: walls, lengths, heads of files, and
//! that the documentation speaks of what is there.

use std::collections::BTreeMap;
use std::fs;
use std::path::{Path, PathBuf};

/// Which crate may use which. An arrow that is not here is forbidden.
const ARROWS: &[(&str, &[&str])] = &[
    ("types", &[]),
    ("db", &["types"]),
    ("store", &["types"]),
    ("queue", &["types", "db"]),
    ("clients", &["types"]),
    ("core", &["types", "db", "store", "queue", "clients"]),
    ("web", &["types", "core"]),
    ("minato", &["types", "db", "store", "queue", "clients", "core", "web"]),
    ("testkit", &["types", "db", "store", "queue", "clients", "core", "web"]),
];

/// Most lines of code in a file, tests not counted.
const MAX_LINES: usize = 500;

fn root() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("../..")
}

fn files(folder: &Path, extension: &str) -> Vec<PathBuf> {
    let mut found = Vec::new();
    for entry in fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        if path.is_dir() {
            found.extend(files(&path, extension));
        } else if path.extension().is_some_and(|found| found == extension) {
            found.push(path);
        }
    }
    found
}

fn source_files() -> Vec<PathBuf> {
    files(&root().join("crates"), "rs")
}

#[test]
fn the_walls_stand() {
    let allowed: BTreeMap<&str, &[&str]> = ARROWS.iter().copied().collect();
    for entry in fs::read_dir(root().join("crates")).unwrap() {
        let folder = entry.unwrap().path();
        let name = folder.file_name().unwrap().to_str().unwrap().to_owned();
        let arrows =
            allowed.get(name.as_str()).unwrap_or_else(|| panic!("`{name}` is a new crate: say why, here"));
        let manifest = fs::read_to_string(folder.join("Cargo.toml")).unwrap();
        let (needed, _) = manifest.split_once("[dev-dependencies]").unwrap_or((&manifest, ""));
        for line in needed.lines().filter_map(|line| line.strip_prefix("minato-")) {
            let used = line.split(['.', ' ']).next().unwrap();
            assert!(arrows.contains(&used), "`{name}` must not use `{used}`");
        }
    }
}

#[test]
fn files_open_with_what_they_are_and_stay_short() {
    for path in source_files() {
        let text = fs::read_to_string(&path).unwrap();
        assert!(text.starts_with("//!"), "{} does not say what is decided in it", path.display());
        let code = text.split("\n#[cfg(test)]\nmod tests {").next().unwrap();
        let lines = code.lines().filter(|line| !line.trim().is_empty()).count();
        assert!(lines <= MAX_LINES, "{} has {lines} lines: find the rooms in it", path.display());
    }
}

#[test]
fn nothing_is_left_for_later_without_an_issue() {
    let marks = ["TO", "FIX"].map(|start| format!("{start}{}", if start == "TO" { "DO" } else { "ME" }));
    for path in source_files() {
        let text = fs::read_to_string(&path).unwrap();
        assert!(!marks.iter().any(|mark| text.contains(mark)), "{}", path.display());
    }
}

#[test]
fn the_map_names_what_is_there() {
    let map = fs::read_to_string(root().join("ARCHITECTURE.md")).unwrap();
    assert!(map.lines().count() <= 250, "the map is to be read in ten minutes");
    let is_path = |word: &&str| word.contains('/') && !word.contains([' ', '<', '{', '*', ':']);
    for word in map.split('`').skip(1).step_by(2).filter(is_path).filter(|word| !word.starts_with('/')) {
        assert!(root().join(word).exists(), "ARCHITECTURE.md names `{word}`");
    }
    for (name, _) in ARROWS {
        assert!(map.contains(&format!("`crates/{name}`")), "ARCHITECTURE.md does not show `crates/{name}`");
    }
}
