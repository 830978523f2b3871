//! Folding: how two spellings of a column header are found to be one.

use unicode_normalization::{UnicodeNormalization, char::is_combining_mark};

/// Lower case without tone marks, words apart by one space, `đ` as `d`:
/// `Địa chỉ IP`, `dia_chi_ip` and `DiaChiIP` all fold to `dia chi ip`.
pub fn fold(text: &str) -> String {
    let mut folded = String::with_capacity(text.len());
    let mut before = ' ';
    for plain in text.nfd().filter(|&c| !is_combining_mark(c)) {
        let word_starts = plain.is_uppercase() && before.is_lowercase();
        if (word_starts || !plain.is_alphanumeric()) && !folded.ends_with(' ') {
            folded.push(' ');
        }
        if plain.is_alphanumeric() {
            folded.extend(plain.to_lowercase().map(|c| if c == 'đ' { 'd' } else { c }));
        }
        before = plain;
    }
    folded.trim().to_owned()
}

#[cfg(test)]
mod tests {
    use super::fold;

    #[test]
    fn spellings_of_one_header_fold_alike() {
        for text in ["Địa chỉ IP", "ĐỊA CHỈ IP", " dia_chi_ip ", "DiaChiIP", "Địa-chỉ  (IP)"]
        {
            assert_eq!(fold(text), "dia chi ip", "{text}");
        }
        assert_eq!(fold("src_ip"), "src ip");
        assert_eq!(fold("SourceIp"), "source ip");
        assert_eq!(fold("—"), "");
    }
}
