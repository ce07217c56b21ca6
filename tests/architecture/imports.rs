//! The import table of ARCHITECTURE.md. Dev-dependencies are not counted.

use std::collections::{BTreeMap, BTreeSet};

use cargo_metadata::{DependencyKind, MetadataCommand};

/// Who may import whom, of ours.
const MAY: &[(&str, &[&str])] = &[
    ("trefoil-context", &[]),
    ("trefoil-backend", &["trefoil-context"]),
    ("trefoil-composition-derive", &[]),
    ("trefoil-composition", &["trefoil-context", "trefoil-backend", "trefoil-composition-derive"]),
    ("trefoil-edge", &["trefoil-context"]),
    ("trefoil-server", &["trefoil-context", "trefoil-backend", "trefoil-composition", "trefoil-edge"]),
    ("trefoil-testing", &["trefoil-context", "trefoil-backend", "trefoil-composition"]),
    ("trefoil-demo", &["trefoil"]),
    ("bff-web", &["trefoil"]),
    ("bff-mobile", &["trefoil"]),
    ("bff-partner", &["trefoil"]),
    (
        "trefoil",
        &[
            "trefoil-context",
            "trefoil-backend",
            "trefoil-composition",
            "trefoil-edge",
            "trefoil-server",
            "trefoil-testing",
        ],
    ),
    ("gateway", &["trefoil", "bff-web", "bff-mobile", "bff-partner", "trefoil-demo"]),
    ("bench", &["trefoil", "trefoil-context", "trefoil-backend", "trefoil-composition", "trefoil-demo"]),
];

/// What only some may use of others' crates: HTTP clients belong to the backend crate, and to the server for keys.
const CLIENTS: &[&str] = &["reqwest", "hyper-util", "hyper"];
const MAY_HAVE_CLIENTS: &[&str] = &["trefoil-backend", "trefoil-server", "trefoil-demo", "bench"];

fn dependencies() -> BTreeMap<String, BTreeSet<String>> {
    let manifest = concat!(env!("CARGO_MANIFEST_DIR"), "/../Cargo.toml");
    let metadata = MetadataCommand::new().manifest_path(manifest).no_deps().exec().expect("cargo metadata");
    let normal = |package: &cargo_metadata::Package| {
        package
            .dependencies
            .iter()
            .filter(|dependency| dependency.kind == DependencyKind::Normal)
            .map(|dependency| dependency.name.clone())
            .collect()
    };
    metadata.packages.iter().map(|package| (package.name.to_string(), normal(package))).collect()
}

#[test]
fn nobody_imports_what_the_table_does_not_allow() {
    let table: BTreeMap<&str, &[&str]> = MAY.iter().copied().collect();
    let packages = dependencies();
    for (package, dependencies) in &packages {
        let Some(may) = table.get(package.as_str()) else {
            panic!("{package} is not in the table: add it here and in ARCHITECTURE.md")
        };
        let ours = dependencies.iter().filter(|name| packages.contains_key(*name));
        for dependency in ours {
            assert!(may.contains(&dependency.as_str()), "{package} must not import {dependency}");
        }
        for client in CLIENTS {
            let has = dependencies.contains(*client);
            assert!(
                !has || MAY_HAVE_CLIENTS.contains(&package.as_str()),
                "{package} must not have an HTTP client ({client})"
            );
        }
    }
    assert_eq!(packages.len(), table.len(), "the table names a package that there is not");
}

#[test]
fn a_bff_names_of_trefoil_only_what_declares_endpoints() {
    let declares =
        ["Bff", "Naming", "Raw", "StandardCaller", "backend", "caller", "composition", "handler", "input", "view"];
    let shipped = |file: &std::path::PathBuf| !file.components().any(|part| part.as_os_str() == "tests");
    for file in super::files::sources("bffs").into_iter().filter(shipped) {
        let text = std::fs::read_to_string(&file).expect("a source file");
        for line in text.lines().filter(|line| !line.trim_start().starts_with("//")) {
            for (at, _) in line.match_indices("trefoil::") {
                let rest = &line[at + "trefoil::".len()..];
                // A list of names, or one: what is below it is its own affair.
                let names = match rest.strip_prefix('{') {
                    Some(list) => list.split(['}', ';', '(']).next().unwrap_or_default(),
                    None => {
                        rest.split(|letter: char| !letter.is_alphanumeric() && letter != '_').next().unwrap_or_default()
                    }
                };
                for name in names.split(',').map(|name| name.split("::").next().unwrap_or_default().trim()) {
                    let name = name.split_whitespace().next().unwrap_or_default();
                    assert!(declares.contains(&name), "{}: a BFF must not use trefoil::{name}", file.display());
                }
            }
        }
    }
}
