//! Every diagnostic has its words.

#[test]
fn every_code_has_texts_in_both_languages() {
    assert_eq!(words::check_codes("proof", proof::CODES), Ok(()));
}
