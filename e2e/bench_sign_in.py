"""`make bench-sign-in`: how fast one process of auth_service is, and how much memory it takes.

16 connections ask one process. Beside the rate by the clock, which depends on who else uses the machine, stands the
rate for each second of CPU that the process was given: that one can be compared, with another run and with the ceiling,
which is what the signatures, verifications and hashes of the same work cost by themselves in the same run.

BENCH_SECONDS (default 5) for each kind of work, BENCH_SIGN_INS (default 2000) before memory is read the second time,
TEST_DATABASE=postgresql for PostgreSQL (a throw-away server, without fsync) in place of SQLite.
"""

import asyncio
import base64
import hashlib
import json
import os
import secrets
import socket
import subprocess
import sys
import tempfile
import time
from collections.abc import Awaitable, Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from html import unescape
from pathlib import Path
from re import findall
from urllib.parse import parse_qsl, urlencode, urlsplit

from argon2 import PasswordHasher
from cryptography.hazmat.primitives.asymmetric import ec, padding, rsa
from cryptography.hazmat.primitives.hashes import SHA256

from conftest import Databases, SqliteFiles, throw_away_server

SECONDS = float(os.environ.get("BENCH_SECONDS", "5"))
SIGN_INS = int(os.environ.get("BENCH_SIGN_INS", "2000"))
CONNECTIONS = 16
CALLBACK = "https://shop.example/cb"
VERIFIER = secrets.token_urlsafe(48)
CHALLENGE = base64.urlsafe_b64encode(hashlib.sha256(VERIFIER.encode()).digest()).decode().rstrip("=")
ASKED = {
    "response_type": "code",
    "client_id": "shop",
    "redirect_uri": CALLBACK,
    "scope": "openid profile email roles offline_access",
    "code_challenge": CHALLENGE,
    "code_challenge_method": "S256",
}
SHOP = {"client_id": "shop", "client_name": "Shop", "redirect_uris": [CALLBACK]}
ROBOT = {"client_id": "robot", "grant_types": ["client_credentials"], "scope": "people:read"}


# --- one connection, kept open ----------------------------------------------------------------------------------------


@dataclass(frozen=True)
class Answer:
    status: int
    headers: dict[str, str]
    body: bytes

    def json(self) -> dict[str, str]:
        told: dict[str, str] = json.loads(self.body)
        return told


@dataclass
class Connection:
    reader: asyncio.StreamReader
    writer: asyncio.StreamWriter
    tokens: dict[str, str] = field(default_factory=dict)

    async def get(self, path: str, **headers: str) -> Answer:
        return await self.ask("GET", path, headers, b"")

    async def post(self, path: str, form: dict[str, str], **headers: str) -> Answer:
        kind = {"Content-Type": "application/x-www-form-urlencoded"}
        return await self.ask("POST", path, headers | kind, urlencode(form).encode())

    async def ask(self, method: str, path: str, headers: dict[str, str], body: bytes) -> Answer:
        lines = [f"{method} {path} HTTP/1.1", "Host: bench", f"Content-Length: {len(body)}"]
        lines += [f"{name.replace('_', '-')}: {value}" for name, value in headers.items()]
        self.writer.write("\r\n".join([*lines, "", ""]).encode() + body)
        head = (await self.reader.readuntil(b"\r\n\r\n")).decode("latin-1").split("\r\n")
        told = {name.lower(): value for name, _, value in (line.partition(": ") for line in head[1:-2])}
        content = await self.reader.readexactly(int(told.get("content-length", "0")))
        return Answer(int(head[0].split()[1]), told, content)


Work = Callable[[Connection], Awaitable[None]]


# --- the kinds of work ------------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class Cast:
    beaks: list[str]
    shop: str  # the Authorization header of each
    robot: str

    async def credentials(self, connection: Connection) -> None:
        answer = await connection.post("/token", {"grant_type": "client_credentials"}, Authorization=self.robot)
        assert answer.status == 200, answer

    async def sign_in(self, connection: Connection) -> None:
        page = await connection.get(f"/authorize?{urlencode(ASKED)}")
        form = {
            name: unescape(value)
            for name, value in findall(
                r'type="hidden" name="([^"]+)" value="([^"]*)"', page.body.decode().split("</form>")[0]
            )
        }
        beak = self.beaks[id(connection) % len(self.beaks)]
        sent = await connection.post("/sign-in", form | {"beak_shape": beak}, Sec_Fetch_Site="same-origin")
        code = dict(parse_qsl(urlsplit(sent.headers["location"]).query))["code"]
        exchange = {"grant_type": "authorization_code", "code": code, "redirect_uri": CALLBACK}
        await self.take(connection, exchange | {"code_verifier": VERIFIER})

    async def refresh(self, connection: Connection) -> None:
        await self.take(
            connection, {"grant_type": "refresh_token", "refresh_token": connection.tokens["refresh_token"]}
        )

    async def take(self, connection: Connection, form: dict[str, str]) -> None:
        answer = await connection.post("/token", form, Authorization=self.shop)
        assert answer.status == 200, answer
        connection.tokens = answer.json()

    async def userinfo(self, connection: Connection) -> None:
        answer = await connection.get("/userinfo", Authorization=f"Bearer {connection.tokens['access_token']}")
        assert answer.status == 200, answer

    async def introspection(self, connection: Connection) -> None:
        form = {"token": connection.tokens["access_token"]}
        answer = await connection.post("/introspection", form, Authorization=self.shop)
        assert b'"active":true' in answer.body, answer


async def discovery(connection: Connection) -> None:
    await connection.get("/.well-known/openid-configuration")


async def jwks(connection: Connection) -> None:
    await connection.get("/jwks")


# --- measuring --------------------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class Measured:
    name: str
    each_second: float
    each_cpu_second: float
    ceiling: float | None
    median_ms: float
    p99_ms: float

    def __str__(self) -> str:
        ceiling = f"{self.ceiling:9,.0f} {self.each_cpu_second / self.ceiling:7.2f}" if self.ceiling else f"{'':17}"
        rates = f"{self.each_second:9,.0f} {self.each_cpu_second:11,.0f} {ceiling}"
        return f"{self.name:<34} {rates} {self.median_ms:8.1f} {self.p99_ms:8.1f}"


HEADING = f"{'':<34} {'each s':>9} {'each CPU s':>11} {'ceiling':>9} {'ratio':>7} {'p50 ms':>8} {'p99 ms':>8}"


@dataclass(frozen=True)
class Process:
    """What Linux tells of it."""

    pid: int

    def cpu_seconds(self) -> float:
        fields = Path(f"/proc/{self.pid}/stat").read_text().rpartition(")")[2].split()
        return (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")

    def memory(self) -> str:
        resident = int(Path(f"/proc/{self.pid}/statm").read_text().split()[1]) * os.sysconf("SC_PAGE_SIZE")
        return f"{resident / 2**20:.0f} MB"


@dataclass
class Bench:
    process: Process
    connections: list[Connection]

    async def measure(self, name: str, work: Work, ceiling: float | None = None) -> None:
        for connection in self.connections:
            await work(connection)
        took: list[float] = []
        cpu, started = self.process.cpu_seconds(), time.monotonic()

        async def keep_on(connection: Connection) -> None:
            while time.monotonic() - started < SECONDS:
                begun = time.monotonic()
                await work(connection)
                took.append(time.monotonic() - begun)

        await asyncio.gather(*map(keep_on, self.connections))
        seconds, cpu = time.monotonic() - started, self.process.cpu_seconds() - cpu
        took.sort()
        median, late = took[len(took) // 2] * 1000, took[len(took) * 99 // 100] * 1000
        print(Measured(name, len(took) / seconds, len(took) / cpu, ceiling, median, late), flush=True)

    async def repeat(self, times: int, work: Work) -> None:
        async def some(connection: Connection) -> None:
            for _ in range(times // len(self.connections)):
                await work(connection)

        await asyncio.gather(*map(some, self.connections))


def each_cpu_second(action: Callable[[], object]) -> float:
    count, started = 0, time.process_time()
    while (spent := time.process_time() - started) < 0.4:
        action()
        count += 1
    return count / spent


@dataclass(frozen=True)
class Ceilings:
    """How often a second of CPU suffices for it, and for nothing else."""

    es256: float
    rs256: float
    verify_es256: float
    hashes: float

    @classmethod
    def measured(cls) -> "Ceilings":
        curve, big = ec.generate_private_key(ec.SECP256R1()), rsa.generate_private_key(65537, 2048)
        ecdsa, message = ec.ECDSA(SHA256()), b"x" * 500
        signature, hasher = curve.sign(message, ecdsa), PasswordHasher(time_cost=2, memory_cost=19_456, parallelism=1)
        return cls(
            each_cpu_second(lambda: curve.sign(message, ecdsa)),
            each_cpu_second(lambda: big.sign(message, padding.PKCS1v15(), SHA256())),
            each_cpu_second(lambda: curve.public_key().verify(signature, message, ecdsa)),
            each_cpu_second(lambda: hasher.hash(message)),
        )

    @property
    def both_tokens(self) -> float:
        return 1 / (1 / self.es256 + 1 / self.rs256)

    @property
    def sign_in(self) -> float:
        return 1 / (1 / self.both_tokens + 1 / self.hashes)

    def __str__(self) -> str:
        signed = f"sign ES256 {self.es256:,.0f}, RS256 {self.rs256:,.0f}; verify ES256 {self.verify_es256:,.0f}"
        return f"One CPU second: {signed}; Argon2id {self.hashes:,.0f}"


# --- the service ------------------------------------------------------------------------------------------------------


@dataclass
class Service:
    url: str
    folder: str

    def environment(self, **more: str) -> dict[str, str]:
        with socket.socket() as probe:
            probe.bind(("127.0.0.1", 0))
            self.port = probe.getsockname()[1]
        ours = {
            "ATES_VAR": self.folder,
            "AUTH_SERVICE_DATABASE_URL": self.url,
            "AUTH_SERVICE_SECRET": "a secret for measuring that nobody else has",
            "AUTH_SERVICE_PORT": str(self.port),
        }
        return os.environ | ours | more

    def run(self, *words: str, typed: str = "", **more: str) -> str:
        command = [sys.executable, "-m", "auth_service", *words]
        done = subprocess.run(
            command, env=self.environment(**more), input=typed, check=True, capture_output=True, text=True
        )
        return done.stdout

    def prepare(self, **more: str) -> Cast:
        self.run("migrate")
        beaks = [json.loads(self.run("person", "add", "--json", f"P{n}", f"p{n}@x.example", **more)) for n in range(4)]
        products = [
            json.loads(self.run("product", "add", "--trusted", "--metadata", "-", typed=json.dumps(metadata)))
            for metadata in (SHOP, ROBOT)
        ]
        shop, robot = (basic(product["client_id"], product["client_secret"]) for product in products)
        return Cast([person["beak_shape"] for person in beaks], shop, robot)

    @contextmanager
    def serving(self, **more: str) -> Iterator[Process]:
        environment, started = self.environment(**more), time.monotonic()
        with subprocess.Popen([sys.executable, "-m", "auth_service", "serve"], env=environment) as child:
            try:
                self.wait_until_it_answers(started + 20)
                process = Process(child.pid)
                took = f"{time.monotonic() - started:.2f} s after its start, {process.cpu_seconds():.2f} s of them CPU"
                print(f"\nAnswers {took}")
                yield process
            finally:
                child.terminate()
                child.wait(10)

    def wait_until_it_answers(self, deadline: float) -> None:
        while True:
            try:
                socket.create_connection(("127.0.0.1", self.port), 1).close()
            except OSError:
                if time.monotonic() > deadline:
                    raise
                time.sleep(0.005)
            else:
                return

    async def connect(self) -> list[Connection]:
        return [Connection(*await asyncio.open_connection("127.0.0.1", self.port)) for _ in range(CONNECTIONS)]


def basic(client_id: str, secret: str) -> str:
    return "Basic " + base64.b64encode(f"{client_id}:{secret}".encode()).decode()


CHEAP = {"AUTH_SERVICE_BEAK_HASH_MEMORY_KIB": "8"}


async def without_the_hash(service: Service, cast: Cast, ceilings: Ceilings, process: Process) -> None:
    bench = Bench(process, await service.connect())
    await bench.repeat(CONNECTIONS, jwks)
    print(f"Memory when idle: {process.memory()}\n\n{HEADING}")
    await bench.measure("client credentials, ES256", cast.credentials, ceilings.es256)
    await bench.measure("full sign-in without the hash", cast.sign_in, ceilings.both_tokens)
    await bench.measure("refresh, ES256 and RS256", cast.refresh, ceilings.both_tokens)
    await bench.measure("userinfo", cast.userinfo, ceilings.verify_es256)
    await bench.measure("introspection", cast.introspection, ceilings.verify_es256)
    await bench.measure("discovery", discovery)
    await bench.measure("JWKS", jwks)
    await bench.repeat(SIGN_INS, cast.sign_in)
    print(f"\nMemory after all of this and {SIGN_INS:,} sign-ins more: {process.memory()}")


async def with_the_hash(service: Service, cast: Cast, ceilings: Ceilings, process: Process) -> None:
    bench = Bench(process, await service.connect())
    print(HEADING)
    await bench.measure("full sign-in, Argon2id 19 MiB", cast.sign_in, ceilings.sign_in)
    print(f"Memory then: {process.memory()}")


@contextmanager
def databases() -> Iterator[Databases]:
    if os.environ.get("TEST_DATABASE", "sqlite") == "sqlite":
        with tempfile.TemporaryDirectory() as folder:
            yield SqliteFiles(Path(folder))
    else:
        yield from throw_away_server()


def main() -> None:
    ceilings = Ceilings.measured()
    print(ceilings)
    with databases() as made, tempfile.TemporaryDirectory() as folder:
        for more, bench in ((CHEAP, without_the_hash), ({}, with_the_hash)):
            service = Service(made.create(), folder)
            cast = service.prepare(**more)
            with service.serving(**more) as process:
                asyncio.run(bench(service, cast, ceilings, process))


if __name__ == "__main__":
    main()
