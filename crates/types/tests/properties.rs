//! What has to hold for any text: names, references, digests, `q` and manifests come from strangers.

use minato_types::digest::Digest;
use minato_types::manifest::Manifest;
use minato_types::name::RepositoryName;
use minato_types::query::{Pattern, Query, key};
use minato_types::reference::{Reference, Tag};
use proptest::prelude::*;
use proptest::test_runner::RngSeed;
use regex::Regex;
use serde_json::{Value, json};

/// The same texts in each run.
fn config() -> ProptestConfig {
    ProptestConfig {
        cases: 2000,
        rng_seed: RngSeed::Fixed(2026),
        failure_persistence: None,
        ..ProptestConfig::default()
    }
}

/// The grammar of distribution-spec, "Pulling manifests", and a project in front.
const NAME: &str = "^[a-z0-9]+((\\.|_|__|-+)[a-z0-9]+)*(/[a-z0-9]+((\\.|_|__|-+)[a-z0-9]+)*)+$";
const TAG: &str = "^[a-zA-Z0-9_][a-zA-Z0-9._-]{0,127}$";
const DIGEST: &str = "^(sha256:[a-f0-9]{64}|sha512:[a-f0-9]{128})$";

/// Text that is anything, or nearly what is wanted.
fn text(nearly: &'static str) -> impl Strategy<Value = String> {
    prop_oneof![any::<String>(), nearly.prop_map(|text| text)]
}

fn digest() -> impl Strategy<Value = String> {
    "[a-f0-9]{64}".prop_map(|hex| format!("sha256:{hex}"))
}

/// A document of what manifests are made of, in any order and anywhere.
fn document() -> impl Strategy<Value = Value> {
    let word = prop_oneof![
        digest(),
        any::<String>(),
        Just("application/vnd.oci.image.manifest.v1+json".to_owned()),
        Just("application/vnd.oci.image.index.v1+json".to_owned()),
    ];
    let leaf = prop_oneof![
        Just(Value::Null),
        any::<bool>().prop_map(Value::from),
        any::<i64>().prop_map(Value::from),
        any::<f64>().prop_map(Value::from),
        Just(json!(2)),
        word.prop_map(Value::from),
    ];
    let name = prop_oneof![
        proptest::sample::select(vec![
            "schemaVersion",
            "mediaType",
            "artifactType",
            "config",
            "layers",
            "manifests",
            "subject",
            "annotations",
            "digest",
            "size",
            "platform",
            "urls",
            "data",
        ])
        .prop_map(str::to_owned),
        any::<String>(),
    ];
    leaf.prop_recursive(4, 32, 6, move |inner| {
        prop_oneof![
            proptest::collection::vec(inner.clone(), 0..4).prop_map(Value::from),
            proptest::collection::btree_map(name.clone(), inner, 0..8)
                .prop_map(|fields| Value::from(fields.into_iter().collect::<serde_json::Map<_, _>>())),
        ]
    })
}

/// An image's manifest, as a client writes it.
fn image() -> impl Strategy<Value = Value> {
    let blob = || {
        (digest(), 0_u64..1 << 40).prop_map(|(digest, size)| {
            json!({ "mediaType": "application/octet-stream", "digest": digest, "size": size })
        })
    };
    (blob(), proptest::collection::vec(blob(), 0..6)).prop_map(|(config, layers)| {
        json!({
            "schemaVersion": 2, "mediaType": "application/vnd.oci.image.manifest.v1+json",
            "config": config, "layers": layers,
        })
    })
}

proptest! {
    #![proptest_config(config())]

    #[test]
    fn names_are_those_of_the_grammar(text in text("[a-c0-1./_A-]{1,14}")) {
        let wanted = Regex::new(NAME).unwrap().is_match(&text) && text.len() <= 255;
        let parsed = text.parse::<RepositoryName>();
        prop_assert_eq!(parsed.is_ok(), wanted);
        prop_assert_eq!(parsed.map(|name| name.to_string()).unwrap_or(text.clone()), text);
    }

    #[test]
    fn references_are_tags_or_digests(text in text("[a-zA-Z0-9._:-]{0,140}")) {
        let is_tag = Regex::new(TAG).unwrap().is_match(&text);
        let is_digest = Regex::new(DIGEST).unwrap().is_match(&text);
        prop_assert_eq!(text.parse::<Tag>().is_ok(), is_tag);
        prop_assert_eq!(text.parse::<Digest>().is_ok(), is_digest);
        let parsed = text.parse::<Reference>();
        prop_assert_eq!(parsed.is_ok(), is_tag || is_digest);
        prop_assert_eq!(parsed.map(|reference| reference.to_string()).unwrap_or(text.clone()), text);
    }

    #[test]
    fn digests_come_back_as_they_were(text in digest()) {
        prop_assert_eq!(text.parse::<Digest>().unwrap().to_string(), text);
    }

    #[test]
    fn any_q_is_read_or_refused(q in text("[a-c=~,{}()\\[\\]\\\\\"' _-]{0,20}"), sort in any::<String>()) {
        if let Ok(query) = Query::parse(&q, &sort) {
            for condition in &query.conditions {
                prop_assert_eq!(key(&condition.key), condition.key.clone());
            }
        }
    }

    #[test]
    fn a_value_behind_a_backslash_is_taken_literally(
        name in "[a-z]{1,8}",
        value in "[^,\\s][^,]{0,20}[^,\\s]",
    ) {
        let query = Query::parse(&format!("{name}=\\{value}"), "").unwrap();
        prop_assert_eq!(query.pattern(&name), Some(&Pattern::Equal(value)));
    }

    #[test]
    fn lists_and_ranges_keep_their_members(members in proptest::collection::vec("[a-z0-9]{1,6}", 1..5)) {
        let list = members.join(" ");
        let query = Query::parse(&format!("any={{{list}}},all=({list}),between=[{}~{}]", members[0], list.len()), "");
        let query = query.unwrap();
        prop_assert_eq!(query.pattern("any"), Some(&Pattern::AnyOf(members.clone())));
        prop_assert_eq!(query.pattern("all"), Some(&Pattern::AllOf(members.clone())));
        let between = Pattern::Between(Some(members[0].clone()), Some(list.len().to_string()));
        prop_assert_eq!(query.pattern("between"), Some(&between));
    }

    #[test]
    fn any_document_is_a_manifest_or_refused(document in document(), said in any::<Option<String>>()) {
        let _ = Manifest::parse(said.as_deref(), document.to_string().as_bytes());
    }

    #[test]
    fn any_bytes_are_a_manifest_or_refused(bytes in any::<Vec<u8>>()) {
        prop_assert!(Manifest::parse(None, &bytes).is_err());
    }

    #[test]
    fn an_image_names_what_its_manifest_names(image in image()) {
        let manifest = Manifest::parse(None, image.to_string().as_bytes()).unwrap();
        let digests: Vec<&str> = manifest.required_blobs().map(|blob| blob.digest.as_str()).collect();
        let wanted: Vec<&str> = std::iter::once(&image["config"])
            .chain(image["layers"].as_array().unwrap())
            .map(|blob| blob["digest"].as_str().unwrap())
            .collect();
        prop_assert_eq!(digests, wanted);
    }
}
