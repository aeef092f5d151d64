"""The options about several accounts, a part of the configuration."""

from __future__ import annotations

from typing import Annotated

from pydantic import BaseModel, Field, field_validator

from source_stripe.account import ID

ALL = "all"
"""Stands for every connected account."""


class AccountOptions(BaseModel):
    """Which accounts are read, where it is not one alone."""

    connected_accounts: Annotated[
        list[str],
        Field(
            title="Connected accounts",
            description='The accounts to read with the key of a platform, by id (acct_...), or ["all"] for the '
            "platform's own and every account connected to it. Rows then say in `account_id` which account they are "
            "of. Leave empty to read one account.",
            examples=[["all"]],
            json_schema_extra={"order": 13},
        ),
    ] = Field(default_factory=list)
    contexts: Annotated[
        list[str],
        Field(
            title="Contexts",
            description="The accounts to read with the key of an organization, each as acct_..., or as the path "
            "acct_platform/acct_connected. Rows then say in `account_id` which account they are of, that at the end of "
            "a path.",
            examples=[["acct_1Nv0FGQ9RKHgCVdK"]],
            json_schema_extra={"order": 14},
        ),
    ] = Field(default_factory=list)
    quiet_hours: Annotated[
        int,
        Field(
            ge=0,
            title="Quiet hours",
            description="How often streams that no event tells of are read in a connected account in which nothing has "
            "happened; 0: in every sync.",
            json_schema_extra={"order": 15},
        ),
    ] = 24
    accounts_created: Annotated[
        list[int],
        Field(
            title="Accounts created",
            description="Of the streams of a platform, only the rows of accounts created in this stretch, [from, "
            "until) in Unix seconds, as `source-stripe plan` writes it; what is read once goes with the one from 0.",
            json_schema_extra={"airbyte_hidden": True, "order": 17},
        ),
    ] = Field(default_factory=list)

    @field_validator("connected_accounts", mode="after")
    @classmethod
    def _accounts_can_be_read(cls, accounts: list[str]) -> list[str]:
        accounts = list(dict.fromkeys(account.strip() for account in accounts))
        if ALL in accounts and len(accounts) > 1:
            raise ValueError('must be either ["all"] or a list of ids')
        if any(account != ALL and not ID.fullmatch(account) for account in accounts):
            raise ValueError('must hold ids of accounts, which look like acct_1Nv0FGQ9RKHgCVdK, or only "all"')
        return accounts

    @field_validator("accounts_created", mode="after")
    @classmethod
    def _stretch_is_one(cls, stretch: list[int]) -> list[int]:
        if stretch and (len(stretch) != 2 or not 0 <= stretch[0] < stretch[1]):
            raise ValueError("must be two Unix seconds, the first of which is the earlier")
        return stretch

    @field_validator("contexts", mode="after")
    @classmethod
    def _contexts_can_be_sent(cls, contexts: list[str]) -> list[str]:
        contexts = list(dict.fromkeys(context.strip().strip("/") for context in contexts))
        if any(not all(map(ID.fullmatch, context.split("/"))) for context in contexts):
            raise ValueError(
                "must hold ids of accounts, or paths of them such as acct_1Nv0FGQ9RKHgCVdK/acct_1Ab2Cd3Ef4Gh"
            )
        ids = [context.rpartition("/")[2] for context in contexts]
        if twice := next((one for one in ids if ids.count(one) > 1), ""):
            raise ValueError(f"must name the account {twice} once")
        return contexts

    @property
    def several(self) -> bool:
        """Whether rows of several accounts stand beside each other."""
        return bool(self.connected_accounts or self.contexts)

    @property
    def reads_once(self) -> bool:
        """Whether it reads what is there once, and not once for each account: false for all but the first of several
        processes that share a platform."""
        return not self.accounts_created or self.accounts_created[0] == 0
