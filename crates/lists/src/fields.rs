//! The fields of a list, and the column names that mean them. One line a
//! synonym: this table is what makes an unknown list read itself.

use tables::FieldSpec;

/// Fields by name, as a [`tables::Mapping`] names them.
pub const NAMES: [&str; 12] = [
    "address", "port", "time", "family", "type", "identifier", "transport", "hostname",
    "destination_address", "destination_port", "destination_fqdn", "destination_url",
];

/// What a list of addresses may have, likelier column names first.
pub fn specs() -> Vec<FieldSpec> {
    vec![
        FieldSpec::required("address", &[
            "ip", "địa chỉ ip", "src_ip", "source.ip", "source ip", "ip nguồn", "địa chỉ ip nguồn",
            "ip nhiễm", "địa chỉ ip nhiễm mã độc", "ip nhiễm mã độc", "ip public", "ip công cộng",
            "ip address", "ip_address", "ipaddress", "ipaddr", "ipv4", "ipv6", "địa chỉ", "saddr", "src",
            "source_ip", "client ip", "infected ip", "ip botnet", "địa chỉ ip botnet", "host ip", "ip máy",
            "địa chỉ mạng", "dải ip", "network", "cidr", "url/ip", "ip range", "host",
        ]),
        FieldSpec::optional("port", &[
            "src_port", "source.port", "source port", "sport", "cổng nguồn", "port nguồn", "cổng", "local_port",
            "srcport", "client port",
        ]),
        FieldSpec::optional("time", &[
            "timestamp", "thời gian", "time.source", "thời gian ghi nhận", "thời điểm", "thời điểm ghi nhận",
            "thời gian phát hiện", "ngày ghi nhận", "ngày phát hiện", "ngày giờ", "ngày", "thời gian kết nối",
            "thời gian kết nối cuối", "lần cuối ghi nhận", "last seen", "lastseen", "last_seen", "seen at",
            "date time", "datetime", "date", "utc", "detected at", "event time", "first seen", "first_seen_utc",
            "firstseen", "firstseen utc", "date added", "add_date", "last online", "lastseenat", "time_stamp",
            "date time received utc", "time date", "thời gian gần nhất", "create_date", "ts",
        ]),
        FieldSpec::optional("family", &[
            "malware.name", "malware", "họ mã độc", "tên mã độc", "mã độc", "loại mã độc", "dòng mã độc", "botname",
            "malware family", "botnet", "tên botnet", "loại botnet", "mạng botnet", "infection", "threat name",
            "malware name", "virus", "virusname", "tên virus",
        ]),
        FieldSpec::optional("type", &[
            "classification.type", "loại sự cố", "loại hình", "phân loại", "hình thức", "category", "report",
            "event type", "classification", "loại", "threat type",
        ]),
        FieldSpec::optional("identifier", &[
            "classification.identifier", "tag", "định danh", "dấu hiệu", "signature", "rule",
        ]),
        FieldSpec::optional("transport", &[
            "protocol.transport", "protocol", "giao thức", "proto", "ip protocol",
        ]),
        FieldSpec::optional("hostname", &[
            "source.reverse_dns", "src_hostname", "reverse dns", "tên máy", "rdns", "ptr",
            "source.fqdn", "tên miền ngược",
        ]),
        FieldSpec::optional("destination_address", &[
            "dst_ip", "destination.ip", "destination ip", "ip đích", "địa chỉ ip đích", "địa chỉ đích",
            "remote_ip", "target ip", "c2 ip", "cc ip", "ip c&c", "ip c2", "ip máy chủ điều khiển", "địa chỉ c&c",
            "máy chủ điều khiển", "c&c", "c2", "server ip", "dest_addr", "daddr", "destaddr", "dest ip",
        ]),
        FieldSpec::optional("destination_port", &[
            "dst_port", "destination.port", "destination port", "cổng đích", "port đích", "remote_port",
            "target port", "c2 port", "dport", "dest port",
        ]),
        FieldSpec::optional("destination_fqdn", &[
            "destination.fqdn", "tên miền", "tên miền đích", "tên miền điều khiển", "domain", "c2 domain",
            "domain c&c", "http_host", "fqdn", "dst_host", "domain đích", "tên miền độc hại",
        ]),
        FieldSpec::optional("destination_url", &[
            "destination.url", "url", "http_url", "đường dẫn", "liên kết", "source.url", "source_url",
        ]),
    ]
}
