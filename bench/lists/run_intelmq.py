"""Runs IntelMQ on one report: file collector, Shadowserver parser,
deduplicator, file output, each its own process as always, over a redis of our
own. Ends when the output has as many lines as the report has rows, and prints
wall and CPU seconds (all bots and redis) and the peak memory of the bots.
"""
import json
import os
import pathlib
import resource
import shutil
import signal
import subprocess
import sys
import time

report, rows, folder = pathlib.Path(sys.argv[1]), int(sys.argv[2]), pathlib.Path(sys.argv[3]).resolve()
PORT = 6399
os.environ["INTELMQ_ROOT_DIR"] = str(folder) + "/"
for part in ["etc", "var/log", "var/run", "var/lib/bots/file-output", "in"]:
    (folder / part).mkdir(parents=True, exist_ok=True)

import intelmq  # noqa: E402  (reads the variable above)

package = pathlib.Path(intelmq.__file__).parent
shutil.copy(package / "etc/harmonization.conf", folder / "etc")
shutil.copy(report, folder / "in" / report.name)

columns = report.open().readline().replace('"', "").strip().split(",")
named = {
    "protocol": "protocol.transport", "src_asn": "source.asn", "src_geo": "source.geolocation.cc",
    "src_region": "source.geolocation.region", "src_city": "source.geolocation.city",
    "src_hostname": "source.reverse_dns", "dst_ip": "destination.ip", "dst_port": "destination.port",
    "dst_asn": "destination.asn", "dst_geo": "destination.geolocation.cc", "infection": "classification.identifier",
    "family": "malware.name",
}
checks = {
    "source.asn": "invalidate_zero", "destination.asn": "invalidate_zero", "destination.port": "convert_int",
    "destination.ip": "validate_ip", "source.reverse_dns": "validate_to_none",
}
required = [["time.source", "timestamp", "add_UTC_to_timestamp"], ["source.ip", "src_ip", "validate_ip"],
            ["source.port", "src_port", "convert_int"]]
taken = {column for _, column, _ in required}
optional = []
for column in columns:
    if column in taken:
        continue
    field = named.get(column, "extra.")
    optional.append([field, column, checks.get(field, "validate_to_none")])
schema = {
    "_meta": {"date_created": "2024-01-31", "change_log": []},
    "event4_sinkhole": {
        "feed_name": "IPv4 Sinkhole", "file_name": "event4_sinkhole", "url": "https://feed.example/",
        "required_fields": required, "optional_fields": optional,
        "constant_fields": {"classification.taxonomy": "malicious-code", "classification.type": "infected-system"},
    },
}
(folder / "var/lib/bots/shadowserver-schema.json").write_text(json.dumps(schema))

output = folder / "var/lib/bots/file-output/events.txt"
bots = {
    "collector": ("intelmq.bots.collectors.file.collector_file", "Collector", "parser",
                  {"path": str(folder / "in"), "postfix": ".csv", "delete_file": False, "rate_limit": 3600,
                   "provider": "bench", "name": "bench"}),
    "parser": ("intelmq.bots.parsers.shadowserver.parser", "Parser", "dedup", {}),
    "dedup": ("intelmq.bots.experts.deduplicator.expert", "Expert", "output",
              {"filter_keys": "raw,time.observation", "filter_type": "blacklist", "redis_cache_db": 6,
               "redis_cache_host": "127.0.0.1", "redis_cache_port": PORT, "redis_cache_ttl": 86400}),
    "output": ("intelmq.bots.outputs.file.output", "Output", None, {"file": str(output), "hierarchical_output": False}),
}
runtime = {"global": {
    "logging_level": "WARNING", "source_pipeline_port": PORT, "destination_pipeline_port": PORT,
    "source_pipeline_host": "127.0.0.1", "destination_pipeline_host": "127.0.0.1", "process_manager": "intelmq",
    "source_pipeline_broker": "redis", "destination_pipeline_broker": "redis",
    "statistics_port": PORT, "http_verify_cert": True, "rate_limit": 0, "load_balance": False,
}}
for name, (module, group, to, more) in bots.items():
    queues = {"destination_queues": {"_default": [f"{to}-queue"]}} if to else {}
    runtime[name] = {"module": module, "group": group, "name": name, "run_mode": "continuous", "enabled": True,
                     "parameters": {**queues, **more}}
(folder / "etc/runtime.yaml").write_text(json.dumps(runtime))  # JSON is YAML too

redis = subprocess.Popen(["redis-server", "--port", str(PORT), "--bind", "127.0.0.1", "--save", "", "--dir", str(folder)],
                         stdout=subprocess.DEVNULL)
time.sleep(1)
# IntelMQ refuses to run as root.
nobody = {"user": "nobody"} if os.geteuid() == 0 else {}
if nobody:
    subprocess.run(["chown", "-R", "nobody", folder], check=True)
start = time.monotonic()
running = [subprocess.Popen([pathlib.Path(sys.executable).parent / module, name], stdout=subprocess.DEVNULL, **nobody)
           for name, (module, *_) in reversed(bots.items())]


def lines():
    return sum(chunk.count(b"\n") for chunk in iter(lambda: file.read(1 << 20), b"")) if (file := opened()) else 0


def opened():
    return output.open("rb") if output.exists() else None


while (done := lines()) < rows and time.monotonic() - start < 1800:
    if any(bot.poll() is not None for bot in running):
        sys.exit(f"a bot ended early, see {folder}/var/log")
    time.sleep(0.25)
wall = time.monotonic() - start
for process in running:
    process.send_signal(signal.SIGTERM)
for process in running:
    process.wait()
redis.terminate()
redis.wait()
used = resource.getrusage(resource.RUSAGE_CHILDREN)
print(json.dumps({"rows": done, "wall": round(wall, 2), "cpu": round(used.ru_utime + used.ru_stime, 2),
                  "peak_mib": used.ru_maxrss // 1024}))
