"""How officers work together on a case, and with the applicant."""

import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models
from django.db.models import F, Q

from xuke.foundation.row_security import SYSTEM, begins, policies, wall

# What officers say among themselves is no news to an applicant; another authority that takes part reads it too.
OFFICERS = (
    f"{SYSTEM} OR {begins('authority', 'authority_path')} OR ("  # noqa: S608 - only words of ours
    "(SELECT nullif(current_setting('xuke.authority', true), '')) IS NOT NULL AND EXISTS ("
    "SELECT FROM licensing_application AS shared WHERE shared.id = application_id AND shared.shared_with <> '{}'))"
)


# Three hands stay apart, but for one person whom a second person has let take two of them in one case. The constraints
# are made anew with that exception: looser than they were, so the code before goes on as it did.
NOT_BROKEN = {
    "acceptor_is_not_reviewer": "accepted_by_id IS NULL OR reviewed_by_id IS NULL OR accepted_by_id <> reviewed_by_id",
    "acceptor_is_not_decider": "accepted_by_id IS NULL OR decided_by_id IS NULL OR accepted_by_id <> decided_by_id",
    "reviewer_is_not_decider": "reviewed_by_id IS NULL OR decided_by_id IS NULL OR reviewed_by_id <> decided_by_id",
    "hands_are_apart": """
        NOT (received_by && verified_by)
        AND (accepted_by_id = ANY (verified_by)) IS NOT TRUE
        AND (decided_by_id = ANY (verified_by)) IS NOT TRUE
        AND (reviewed_by_id = ANY (received_by)) IS NOT TRUE
        AND (decided_by_id = ANY (received_by)) IS NOT TRUE
        AND (cardinality(verified_by) = 0 OR (cardinality(verified_by) >= 2 AND verified_by[1] <> verified_by[2]))
    """,
    "three_hands_deputies_too": """
        NOT (examined_by && received_by) AND NOT (considered_by && received_by)
        AND NOT (considered_by && examined_by) AND NOT (considered_by && verified_by)
        AND (accepted_by_id = ANY (examined_by)) IS NOT TRUE
        AND (accepted_by_id = ANY (considered_by)) IS NOT TRUE
        AND (reviewed_by_id = ANY (considered_by)) IS NOT TRUE
        AND (decided_by_id = ANY (examined_by)) IS NOT TRUE
    """,
}
# Whatever was excepted: nobody receives, reviews and decides one case.
NEVER = """
CREATE FUNCTION licensing_is_in_three_hands(one bigint[], two bigint[], three bigint[]) RETURNS boolean
LANGUAGE sql IMMUTABLE SET search_path = public, pg_temp AS $$
    SELECT EXISTS (SELECT FROM unnest(one) AS person WHERE person = ANY (two) AND person = ANY (three))
$$;
ALTER TABLE licensing_application ADD CONSTRAINT nobody_is_in_three_hands CHECK (
    NOT glass_broken OR NOT licensing_is_in_three_hands(
        received_by || accepted_by_id, examined_by || verified_by || reviewed_by_id, considered_by || decided_by_id
    )
);
"""
NO_NEVER = """
ALTER TABLE licensing_application DROP CONSTRAINT nobody_is_in_three_hands;
DROP FUNCTION licensing_is_in_three_hands(bigint[], bigint[], bigint[]);
"""
BREAKABLE = " ".join(
    f"ALTER TABLE licensing_application DROP CONSTRAINT {name},"
    f" ADD CONSTRAINT {name} CHECK (glass_broken OR ({condition}));"
    for name, condition in NOT_BROKEN.items()
)
UNBREAKABLE = " ".join(
    f"ALTER TABLE licensing_application DROP CONSTRAINT {name}, ADD CONSTRAINT {name} CHECK ({condition});"
    for name, condition in NOT_BROKEN.items()
)


def case(name: str) -> models.Field:
    return models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name=name, to="licensing.application")


def person(**other: bool) -> models.Field:
    return models.ForeignKey(
        on_delete=django.db.models.deletion.PROTECT, related_name="+", to=settings.AUTH_USER_MODEL, **other
    )


def separate(left: str, right: str) -> Q:
    return Q(**{f"{left}__isnull": True}) | Q(**{f"{right}__isnull": True}) | ~Q(**{left: F(right)})


class Migration(migrations.Migration):
    dependencies = [("licensing", "0010_interruptions"), migrations.swappable_dependency(settings.AUTH_USER_MODEL)]

    operations = [
        migrations.AddField("application", "comment_count", models.PositiveIntegerField(db_default=0, default=0)),
        migrations.AddField("application", "message_count", models.PositiveIntegerField(db_default=0, default=0)),
        migrations.AddField("application", "unread_by_office", models.BooleanField(db_default=False, default=False)),
        migrations.AddField("application", "unread_by_applicant", models.BooleanField(db_default=False, default=False)),
        migrations.AddField("application", "glass", models.JSONField(blank=True, db_default={}, default=dict)),
        migrations.AddField("application", "glass_broken", models.BooleanField(db_default=False, default=False)),
        migrations.SeparateDatabaseAndState(
            database_operations=[migrations.RunSQL(BREAKABLE, UNBREAKABLE)],
            state_operations=[
                migrations.RemoveConstraint("application", name)
                for name in ("acceptor_is_not_reviewer", "acceptor_is_not_decider", "reviewer_is_not_decider")
            ]
            + [
                migrations.AddConstraint(
                    "application", models.CheckConstraint(condition=Q(glass_broken=True) | apart, name=name)
                )
                for name, apart in (
                    ("acceptor_is_not_reviewer", separate("accepted_by", "reviewed_by")),
                    ("acceptor_is_not_decider", separate("accepted_by", "decided_by")),
                    ("reviewer_is_not_decider", separate("reviewed_by", "decided_by")),
                )
            ],
        ),
        migrations.RunSQL(NEVER, NO_NEVER),
        migrations.AddIndex(
            "application",
            models.Index(fields=["authority"], condition=~Q(paused_for=""), name="application_paused"),
        ),
        migrations.CreateModel(
            "Comment",
            [
                ("id", models.BigAutoField(primary_key=True, serialize=False)),
                ("text", models.TextField()),
                ("author_label", models.TextField()),
                ("written_at", models.DateTimeField()),
                ("authority_path", models.TextField(db_collation="C")),
                ("application", case("comments")),
                ("author", person()),
            ],
            options={"indexes": [models.Index(fields=["application", "id"], name="comments_of_case")]},
        ),
        migrations.CreateModel(
            "Message",
            [
                ("id", models.BigAutoField(primary_key=True, serialize=False)),
                ("from_office", models.BooleanField()),
                ("text", models.TextField()),
                ("author_label", models.TextField()),
                ("sent_at", models.DateTimeField()),
                ("read_at", models.DateTimeField(blank=True, null=True)),
                ("authority_path", models.TextField(db_collation="C")),
                ("application", case("messages")),
                (
                    "enterprise",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="+", to="parties.enterprise"
                    ),
                ),
            ],
            options={"indexes": [models.Index(fields=["application", "id"], name="messages_of_case")]},
        ),
        migrations.CreateModel(
            "BrokenGlass",
            [
                ("id", models.BigAutoField(primary_key=True, serialize=False)),
                ("role", models.TextField()),
                ("reason", models.TextField()),
                ("asked_label", models.TextField()),
                ("asked_at", models.DateTimeField()),
                ("answered_label", models.TextField(blank=True, default="")),
                ("answered_at", models.DateTimeField(blank=True, null=True)),
                ("approved", models.BooleanField(blank=True, null=True)),
                ("answer", models.TextField(blank=True, default="")),
                ("valid_until", models.DateTimeField(blank=True, null=True)),
                ("used_at", models.DateTimeField(blank=True, null=True)),
                ("authority_path", models.TextField(db_collation="C")),
                ("application", case("broken_glasses")),
                ("asked_by", person()),
                ("answered_by", person(blank=True, null=True)),
            ],
            options={
                "constraints": [
                    models.CheckConstraint(
                        condition=Q(answered_by=None) | ~Q(answered_by=F("asked_by")),
                        name="second_person_breaks_the_glass",
                    ),
                    models.UniqueConstraint(
                        "application",
                        "asked_by",
                        condition=Q(answered_at=None),
                        name="one_open_request_to_break_the_glass",
                    ),
                ],
                "indexes": [models.Index(fields=["authority_path", "asked_at"], name="broken_glass_by_month")],
            },
        ),
        policies("licensing_comment", ALL=OFFICERS),
        policies("licensing_brokenglass", ALL=OFFICERS),
        wall("licensing_message"),
    ]
