"""The first tables: people, sessions, products, codes and tokens, keys, logout notices."""

import sqlalchemy as sa
from alembic import op

revision = "0001"
down_revision = None
branch_labels = None
depends_on = None

WHEN = sa.DateTime(timezone=True)
SORTED_TEXT = sa.String().with_variant(sa.String(collation="C"), "postgresql")


def upgrade() -> None:
    create_directory_change()
    create_failed_tries()
    create_logout_delivery()
    create_person()
    create_product()
    create_revoked_token()
    create_signing_key()
    create_used_assertion()
    create_browser_session()
    create_consent()
    create_admission()
    create_authorization_code()
    create_refresh_token()


def create_directory_change() -> None:
    op.create_table(
        "directory_change",
        sa.Column("id", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("last_number", sa.BigInteger(), nullable=False),
        sa.CheckConstraint("id = 1", name="directory_change_is_one_row"),
        sa.PrimaryKeyConstraint("id"),
    )
    op.execute("INSERT INTO directory_change (id, last_number) VALUES (1, 0)")


def create_failed_tries() -> None:
    op.create_table(
        "failed_tries",
        sa.Column("kind", sa.String(length=16), nullable=False),
        sa.Column("whose", sa.String(length=64), nullable=False),
        sa.Column("plumage", sa.String(length=4), nullable=True),
        sa.Column("count", sa.Integer(), nullable=False),
        sa.Column("first_at", WHEN, nullable=False),
        sa.Column("last_at", WHEN, nullable=False),
        sa.Column("month_count", sa.Integer(), nullable=False),
        sa.Column("month_began_at", WHEN, nullable=False),
        sa.PrimaryKeyConstraint("kind", "whose"),
    )
    op.create_index(op.f("ix_failed_tries_last_at"), "failed_tries", ["last_at"], unique=False)
    op.create_index(op.f("ix_failed_tries_plumage"), "failed_tries", ["plumage"], unique=False)


def create_logout_delivery() -> None:
    op.create_table(
        "logout_delivery",
        sa.Column("id", sa.String(length=36), nullable=False),
        sa.Column("uri", sa.String(), nullable=False),
        sa.Column("client_id", sa.String(), nullable=False),
        sa.Column("algorithm", sa.String(length=16), nullable=False),
        sa.Column("sub", sa.String(length=36), nullable=False),
        sa.Column("sid", sa.String(length=36), nullable=False),
        sa.Column("created_at", WHEN, nullable=False),
        sa.Column("due_at", WHEN, nullable=False),
        sa.Column("attempts", sa.Integer(), nullable=False),
        sa.Column("delivered_at", WHEN, nullable=True),
        sa.Column("dead_at", WHEN, nullable=True),
        sa.Column("last_error", sa.String(), nullable=True),
        sa.PrimaryKeyConstraint("id"),
    )
    op.create_index(
        "logout_delivery_due",
        "logout_delivery",
        ["due_at"],
        unique=False,
        sqlite_where=sa.text("delivered_at is null and dead_at is null"),
        postgresql_where=sa.text("delivered_at is null and dead_at is null"),
    )


def create_person() -> None:
    op.create_table(
        "person",
        sa.Column("id", sa.String(length=36), nullable=False),
        sa.Column("name", sa.String(), nullable=False),
        sa.Column("name_key", SORTED_TEXT, nullable=False),
        sa.Column("email", sa.String(), nullable=False),
        sa.Column("email_key", sa.String(), nullable=False),
        sa.Column("role", sa.String(length=16), nullable=False),
        sa.Column("active", sa.Boolean(), nullable=False),
        sa.Column("demo", sa.Boolean(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("plumage", sa.String(length=4), nullable=False),
        sa.Column("beak_seal", sa.String(), nullable=False),
        sa.Column("portrait_version", sa.Integer(), nullable=False),
        sa.Column("change", sa.BigInteger(), nullable=False),
        sa.Column("created_at", WHEN, nullable=False),
        sa.CheckConstraint("role in ('worker', 'manager', 'accountant', 'admin')", name="person_role"),
        sa.PrimaryKeyConstraint("id"),
        sa.UniqueConstraint("change"),
        sa.UniqueConstraint("email_key"),
        sa.UniqueConstraint("plumage"),
    )
    op.create_index("person_by_name", "person", ["name_key", "id"], unique=False)


def create_product() -> None:
    op.create_table(
        "product",
        sa.Column("client_id", sa.String(length=100), nullable=False),
        sa.Column("name", sa.String(), nullable=False),
        sa.Column("client_uri", sa.String(), nullable=True),
        sa.Column("secret_hash", sa.String(length=64), nullable=True),
        sa.Column("token_endpoint_auth_method", sa.String(length=32), nullable=False),
        sa.Column("jwks", sa.JSON(), nullable=True),
        sa.Column("grant_types", sa.JSON(), nullable=False),
        sa.Column("redirect_uris", sa.JSON(), nullable=False),
        sa.Column("post_logout_redirect_uris", sa.JSON(), nullable=False),
        sa.Column("backchannel_logout_uri", sa.String(), nullable=True),
        sa.Column("id_token_signed_response_alg", sa.String(length=16), nullable=False),
        sa.Column("scope", sa.String(), nullable=False),
        sa.Column("trusted", sa.Boolean(), nullable=False),
        sa.Column("roles", sa.JSON(), nullable=False),
        sa.Column("people", sa.JSON(), nullable=False),
        sa.Column("created_at", WHEN, nullable=False),
        sa.CheckConstraint(
            "(secret_hash is null) = (token_endpoint_auth_method in ('none', 'private_key_jwt'))",
            name="product_secret",
        ),
        sa.CheckConstraint(
            "jwks is not null or token_endpoint_auth_method <> 'private_key_jwt'", name="product_that_signs_has_keys"
        ),
        sa.PrimaryKeyConstraint("client_id"),
    )


def create_revoked_token() -> None:
    op.create_table(
        "revoked_token",
        sa.Column("jti", sa.String(length=80), nullable=False),
        sa.Column("expires_at", WHEN, nullable=False),
        sa.PrimaryKeyConstraint("jti"),
    )
    op.create_index(op.f("ix_revoked_token_expires_at"), "revoked_token", ["expires_at"], unique=False)


def create_signing_key() -> None:
    op.create_table(
        "signing_key",
        sa.Column("kid", sa.String(length=36), nullable=False),
        sa.Column("algorithm", sa.String(length=16), nullable=False),
        sa.Column("state", sa.String(length=16), nullable=False),
        sa.Column("public_jwk", sa.JSON(), nullable=False),
        sa.Column("sealed_private_key", sa.LargeBinary(), nullable=False),
        sa.Column("created_at", WHEN, nullable=False),
        sa.Column("retires_at", WHEN, nullable=True),
        sa.CheckConstraint("state in ('next', 'current', 'retiring')", name="signing_key_state"),
        sa.PrimaryKeyConstraint("kid"),
    )
    op.create_index(
        "one_signing_key_of_a_state",
        "signing_key",
        ["algorithm", "state"],
        unique=True,
        sqlite_where=sa.text("state <> 'retiring'"),
        postgresql_where=sa.text("state <> 'retiring'"),
    )


def create_used_assertion() -> None:
    op.create_table(
        "used_assertion",
        sa.Column("jti_hash", sa.String(length=64), nullable=False),
        sa.Column("expires_at", WHEN, nullable=False),
        sa.PrimaryKeyConstraint("jti_hash"),
    )
    op.create_index(op.f("ix_used_assertion_expires_at"), "used_assertion", ["expires_at"], unique=False)


def create_browser_session() -> None:
    op.create_table(
        "browser_session",
        sa.Column("id", sa.String(length=36), nullable=False),
        sa.Column("cookie_hash", sa.String(length=64), nullable=False),
        sa.Column("person_id", sa.String(length=36), nullable=False),
        sa.Column("signed_in_at", WHEN, nullable=False),
        sa.Column("seen_at", WHEN, nullable=False),
        sa.Column("ended_at", WHEN, nullable=True),
        sa.ForeignKeyConstraint(
            ["person_id"],
            ["person.id"],
        ),
        sa.PrimaryKeyConstraint("id"),
        sa.UniqueConstraint("cookie_hash"),
    )
    op.create_index(op.f("ix_browser_session_person_id"), "browser_session", ["person_id"], unique=False)


def create_consent() -> None:
    op.create_table(
        "consent",
        sa.Column("person_id", sa.String(length=36), nullable=False),
        sa.Column("client_id", sa.String(length=100), nullable=False),
        sa.Column("scope", sa.String(), nullable=False),
        sa.Column("given_at", WHEN, nullable=False),
        sa.ForeignKeyConstraint(
            ["client_id"],
            ["product.client_id"],
        ),
        sa.ForeignKeyConstraint(
            ["person_id"],
            ["person.id"],
        ),
        sa.PrimaryKeyConstraint("person_id", "client_id"),
    )


def create_admission() -> None:
    op.create_table(
        "admission",
        sa.Column("id", sa.String(length=36), nullable=False),
        sa.Column("client_id", sa.String(length=100), nullable=False),
        sa.Column("person_id", sa.String(length=36), nullable=False),
        sa.Column("session_id", sa.String(length=36), nullable=False),
        sa.Column("scope", sa.String(), nullable=False),
        sa.Column("requested_claims", sa.JSON(), nullable=True),
        sa.Column("signed_in_at", WHEN, nullable=False),
        sa.Column("created_at", WHEN, nullable=False),
        sa.Column("ended_at", WHEN, nullable=True),
        sa.ForeignKeyConstraint(
            ["client_id"],
            ["product.client_id"],
        ),
        sa.ForeignKeyConstraint(
            ["person_id"],
            ["person.id"],
        ),
        sa.ForeignKeyConstraint(
            ["session_id"],
            ["browser_session.id"],
        ),
        sa.PrimaryKeyConstraint("id"),
    )
    op.create_index(op.f("ix_admission_person_id"), "admission", ["person_id"], unique=False)
    op.create_index(op.f("ix_admission_session_id"), "admission", ["session_id"], unique=False)


def create_authorization_code() -> None:
    op.create_table(
        "authorization_code",
        sa.Column("code_hash", sa.String(length=64), nullable=False),
        sa.Column("client_id", sa.String(length=100), nullable=False),
        sa.Column("person_id", sa.String(length=36), nullable=False),
        sa.Column("session_id", sa.String(length=36), nullable=False),
        sa.Column("redirect_uri", sa.String(), nullable=True),
        sa.Column("scope", sa.String(), nullable=False),
        sa.Column("nonce", sa.String(), nullable=True),
        sa.Column("requested_claims", sa.JSON(), nullable=True),
        sa.Column("code_challenge", sa.String(length=128), nullable=False),
        sa.Column("code_challenge_method", sa.String(length=8), nullable=False),
        sa.Column("signed_in_at", WHEN, nullable=False),
        sa.Column("expires_at", WHEN, nullable=False),
        sa.Column("used_at", WHEN, nullable=True),
        sa.Column("admission_id", sa.String(length=36), nullable=False),
        sa.ForeignKeyConstraint(
            ["client_id"],
            ["product.client_id"],
        ),
        sa.ForeignKeyConstraint(
            ["person_id"],
            ["person.id"],
        ),
        sa.ForeignKeyConstraint(
            ["session_id"],
            ["browser_session.id"],
        ),
        sa.PrimaryKeyConstraint("code_hash"),
    )
    op.create_index("authorization_code_nonce", "authorization_code", ["client_id", "nonce"], unique=False)
    op.create_index(op.f("ix_authorization_code_expires_at"), "authorization_code", ["expires_at"], unique=False)


def create_refresh_token() -> None:
    op.create_table(
        "refresh_token",
        sa.Column("token_hash", sa.String(length=64), nullable=False),
        sa.Column("admission_id", sa.String(length=36), nullable=False),
        sa.Column("expires_at", WHEN, nullable=False),
        sa.Column("used_at", WHEN, nullable=True),
        sa.ForeignKeyConstraint(
            ["admission_id"],
            ["admission.id"],
        ),
        sa.PrimaryKeyConstraint("token_hash"),
    )
    op.create_index(op.f("ix_refresh_token_admission_id"), "refresh_token", ["admission_id"], unique=False)
    op.create_index(op.f("ix_refresh_token_expires_at"), "refresh_token", ["expires_at"], unique=False)
