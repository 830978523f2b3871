//! A letter in which the authority warns of weaknesses by name, as one came
//! with every month's bulletins. Its number and wording are invented; the
//! weaknesses are real ones of Windows, and for one of them the letter's score
//! is not the vendor's, as happens.

use jiff::Timestamp;

/// A warning letter.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Warning {
    /// Name of the file.
    pub name: String,
    /// Its bytes.
    pub bytes: Vec<u8>,
    /// When it came in.
    pub received_at: Timestamp,
}

const TEXT: &str = "\
CỤC AN TOÀN THÔNG TIN (MẪU)
Số: 0000/CATTT-MAU
Hà Nội, ngày 22 tháng 11 năm 2023

Kính gửi: Đơn vị chuyên trách về công nghệ thông tin các tỉnh (mẫu)

Các lỗ hổng sau trong sản phẩm Microsoft cần được khắc phục ngay:
CVE-2023-36025 (mức cao, CVSS 8.8): vượt qua cơ chế bảo vệ SmartScreen, đang bị khai thác.
CVE-2023-36033 (mức cao, CVSS 7.8): nâng cao đặc quyền, đang bị khai thác.
CVE-2023-36036 (mức cao, CVSS 7.8): nâng cao đặc quyền, đang bị khai thác.
CVE-2023-36397 (nghiêm trọng, CVSS 9.8): thực thi mã từ xa.
CVE-2023-32046 (mức cao, CVSS 7.5): nâng cao đặc quyền, đang bị khai thác.
";

/// The letter of November 2023.
pub fn warning() -> Warning {
    Warning {
        name: "canh-bao-lo-hong-11-2023.txt".to_owned(),
        bytes: TEXT.as_bytes().to_vec(),
        // 22 November 2023, 14:30 in the province.
        received_at: Timestamp::from_second(1_700_638_200).unwrap_or_default(),
    }
}
