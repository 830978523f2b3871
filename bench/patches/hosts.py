"""Writes invented hosts as systeminfo texts, the same for the same seed.

Usage: hosts.py FOLDER COUNT [SEED]

Builds and KB numbers are real (Microsoft's bulletins of May to November 2023),
so that every host stands on a patch level that machines really have.
"""

import pathlib
import random
import sys

# Name, version line, and the cumulative update of April to November 2023.
RELEASES = [
    ("Microsoft Windows 10 Pro", "10.0.19045 N/A Build 19045",
     [5025221, 5026361, 5027215, 5028166, 5029244, 5030211, 5031356, 5032189]),
    ("Microsoft Windows 10 Enterprise LTSC", "10.0.17763 N/A Build 17763",
     [5025229, 5026362, 5027222, 5028168, 5029247, 5030214, 5031361, 5032196]),
    ("Microsoft Windows 11 Pro", "10.0.22621 N/A Build 22621",
     [5025239, 5026372, 5027231, 5028185, 5029263, 5030219, 5031354, 5032190]),
    ("Microsoft Windows Server 2019 Standard", "10.0.17763 N/A Build 17763",
     [5025229, 5026362, 5027222, 5028168, 5029247, 5030214, 5031361, 5032196]),
    ("Microsoft Windows Server 2022 Standard", "10.0.20348 N/A Build 20348",
     [5025230, 5026370, 5027225, 5028171, 5029250, 5030216, 5031364, 5032198]),
    ("Microsoft Windows Server 2016 Standard", "10.0.14393 N/A Build 14393",
     [5025228, 5026363, 5027219, 5028169, 5029242, 5030213, 5031362, 5032197]),
    ("Microsoft Windows Server 2012 R2 Standard", "6.3.9600 N/A Build 9600",
     [5025285, 5026415, 5027271, 5028228, 5029312, 5030269, 5031419, 5032249]),
]
OTHERS = [5015684, 5012170, 4562830, 4589208]


def host(number, rng):
    name, version, levels = RELEASES[rng.randrange(len(RELEASES))]
    kbs = [levels[rng.randrange(len(levels))]] + rng.sample(OTHERS, rng.randrange(len(OTHERS)))
    machine = f"PC-MAU-{number:05}"
    lines = [
        "",
        f"Host Name:                 {machine}",
        f"OS Name:                   {name}",
        f"OS Version:                {version}",
        "OS Manufacturer:           Microsoft Corporation",
        "OS Configuration:          Standalone Workstation",
        "OS Build Type:             Multiprocessor Free",
        "System Type:               x64-based PC",
        "Processor(s):              1 Processor(s) Installed.",
        "                           [01]: Intel64 Family 6 Model 142 Stepping 12 GenuineIntel ~1800 Mhz",
        "Windows Directory:         C:\\Windows",
        "Time Zone:                 (UTC+07:00) Bangkok, Hanoi, Jakarta",
        "Domain:                    WORKGROUP",
        f"Logon Server:              \\\\{machine}",
        f"Hotfix(s):                 {len(kbs)} Hotfix(s) Installed.",
    ]
    lines += [f"                           [{at:02}]: KB{kb}" for at, kb in enumerate(kbs, 1)]
    lines += ["Network Card(s):           1 NIC(s) Installed.", "                           [01]: Ethernet", ""]
    return machine, "\r\n".join(lines)


def main():
    folder, count = pathlib.Path(sys.argv[1]), int(sys.argv[2])
    rng = random.Random(int(sys.argv[3]) if len(sys.argv) > 3 else 2024)
    folder.mkdir(parents=True, exist_ok=True)
    for number in range(count):
        machine, text = host(number, rng)
        (folder / f"{machine}_systeminfo.txt").write_bytes(text.encode())


main()
