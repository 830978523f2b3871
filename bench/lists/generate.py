"""Writes a sinkhole report of N rows and dated ranges of units, from a seed.

Addresses are of 198.18.0.0/15, which the Internet never routes (RFC 2544).
"""
import csv
import ipaddress
import random
import sys

ROWS, RANGES, UNITS = 50_000, 5_000, 200
COLUMNS = (
    "timestamp protocol src_ip src_port src_asn src_geo src_region src_city src_hostname src_naics src_sector "
    "device_vendor device_type device_model dst_ip dst_port dst_asn dst_geo dst_region dst_city dst_hostname "
    "dst_naics dst_sector public_source infection family tag application version event_id"
).split()
FAMILIES = ["example-bot", "sample.worm", "TestBot", "demo rat", "placeholder"]


def report(path, random):
    base = int(ipaddress.ip_address("198.18.0.0"))
    with open(path, "w", newline="") as file:
        writer = csv.writer(file, quoting=csv.QUOTE_ALL, lineterminator="\n")
        writer.writerow(COLUMNS)
        for row in range(ROWS):
            second = row * 51 % 86400
            family = random.choice(FAMILIES)
            writer.writerow([
                f"2024-01-{1 + row % 28:02} {second // 3600:02}:{second // 60 % 60:02}:{second % 60:02}", "tcp",
                ipaddress.ip_address(base + random.randrange(1 << 17)), random.randrange(1024, 65535), 64500, "VN",
                "DONG THAP", "CAO LANH", f"host-{row}.example", 0, "Government", "", "", "",
                f"203.0.113.{random.randrange(1, 255)}", random.choice([80, 443, 8080]), 64511, "ZZ", "", "",
                "sinkhole.example", 0, "", "example", family, family, family, "", "", "",
            ])


def ranges(path, random):
    nets = list(ipaddress.ip_network("198.18.0.0/15").subnets(new_prefix=26))
    with open(path, "w", newline="") as file:
        writer = csv.writer(file, lineterminator="\n")
        writer.writerow("unit_code unit_name cidr valid_from valid_to kind".split())
        # 2,048 networks; the rest are later owners and parts given on.
        for at in range(RANGES):
            unit = random.randrange(UNITS)
            net = nets[at % len(nets)]
            start, end = [("2020-01-01", "2024-01-10"), ("2024-01-10", "")][at // len(nets) % 2]
            if at >= 2 * len(nets):
                net, start, end = next(net.subnets(prefixlen_diff=2)), "2021-06-01", ""
            writer.writerow([f"U{unit:03}", f"Don vi {unit}", net, start, end, "public"])


if __name__ == "__main__":
    folder = sys.argv[1]
    report(f"{folder}/2024-01-31-event4_sinkhole-sample.csv", random.Random(2024))
    ranges(f"{folder}/ranges.csv", random.Random(7))
