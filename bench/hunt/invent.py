#!/usr/bin/env python3
"""Inputs that nobody has to have: invent.py indicators N | json N"""
import json
import random
import sys

random.seed(7)
what, count = sys.argv[1], int(sys.argv[2])
for number in range(count):
    if what == "indicators":
        kind = number % 4
        if kind == 0:
            print(f"{random.randrange(1, 224)}.{random.randrange(256)}.{random.randrange(256)}.{random.randrange(256)}")
        elif kind == 1:
            print(f"h{random.randrange(1 << 40):x}.zone{random.randrange(5000)}.example")
        elif kind == 2:
            print(f"{random.randrange(1 << 256):064x}")
        else:
            print(f"http://n{random.randrange(1 << 32):x}.example/p/{random.randrange(1 << 24):x}.bin")
    else:
        image = random.choice(["chrome", "svchost", "powershell", "cmd", "WINWORD", "python"])
        print(json.dumps({
            "Channel": "Microsoft-Windows-Sysmon/Operational", "EventID": 1, "Version": 5, "Level": 4,
            "Computer": f"pc{random.randrange(900)}.xa-mau.example", "EventRecordID": number,
            "Provider_Name": "Microsoft-Windows-Sysmon", "TimeCreated": "2026-03-02T08:30:00.000Z",
            "UtcTime": "2026-03-02 08:30:00.000", "ProcessGuid": "{0197231E-005A-6928-A50B-000000000D00}",
            "ProcessId": random.randrange(9000), "Image": f"C:\\Windows\\System32\\{image}.exe",
            "FileVersion": "10.0.26100.7019 (WinBuild.160101.0800)", "Description": "Sample program",
            "Product": "Microsoft Windows Operating System", "Company": "Sample", "OriginalFileName": f"{image}.EXE",
            "CommandLine": f"\"C:\\Windows\\System32\\{image}.exe\" --type=renderer --lang=vi --number {random.randrange(1 << 40)} {'x' * 120}",
            "CurrentDirectory": "C:\\Users\\lan\\", "User": "XA-MAU\\lan", "LogonId": "0x3e7", "IntegrityLevel": "Medium",
            "Hashes": f"SHA1={random.randrange(1 << 160):040X},MD5={random.randrange(1 << 128):032X}",
            "ParentProcessId": random.randrange(9000), "ParentImage": "C:\\Windows\\explorer.exe",
            "ParentCommandLine": "C:\\Windows\\Explorer.EXE", "ParentUser": "XA-MAU\\lan",
        }))
