"""What Hypothesis draws from: any event and any command of the bank, sensible or not."""

from __future__ import annotations

from datetime import datetime, timedelta, timezone

from hypothesis import strategies as st

from esbank_core import Actor, Command, Event, Metadata
from esbank_core.bank.commands import (
    CloseAccount,
    DepositMoney,
    FreezeAccount,
    OpenAccount,
    ReceiveTransfer,
    RenameOwner,
    ReturnTransfer,
    SendTransfer,
    UnfreezeAccount,
    WithdrawMoney,
)
from esbank_core.bank.events import (
    AccountClosed,
    AccountFrozen,
    AccountOpened,
    AccountUnfrozen,
    MoneyDeposited,
    MoneyWithdrawn,
    OwnerRenamed,
    TransferReceived,
    TransferReturned,
    TransferSent,
)

texts = st.text(st.characters(codec="utf-8"), max_size=12)
names = texts.filter(bool)
any_account_ids = st.sampled_from(["ACC-1", "ACC-2", "ACC-3"])
transfer_ids = st.sampled_from([f"TRF-{n}" for n in range(1, 6)])
currencies = st.sampled_from(["USD", "EUR", "JPY"])
amounts = st.integers(1, 500_00)
any_amounts = st.integers(-(2**53), 2**53) | amounts

events: st.SearchStrategy[Event] = st.one_of(
    st.builds(AccountOpened, texts, currencies | texts),
    st.builds(OwnerRenamed, texts),
    st.builds(MoneyDeposited, any_amounts, texts),
    st.builds(MoneyWithdrawn, any_amounts, texts),
    st.builds(TransferSent, any_amounts, names, names),
    st.builds(TransferReceived, any_amounts, names, names),
    st.builds(TransferReturned, any_amounts, names, texts),
    st.builds(AccountFrozen, texts),
    st.builds(AccountUnfrozen),
    st.builds(AccountClosed),
)
"""Any event whatever, as some history may hold it."""

_owners = st.sampled_from(["Ada", "Grace"]) | texts
_small = st.sampled_from([1, 2, 5])  # so that what goes out is often what came in
_moved = st.one_of(_small, _small, st.integers(-5, 0), any_amounts)


def commands_to(account_ids: st.SearchStrategy[str]) -> st.SearchStrategy[Command]:
    """Any command: by people, by the process manager, or by someone who tries his luck."""
    return st.one_of(
        st.builds(OpenAccount, account_ids, _owners, currencies),
        st.builds(RenameOwner, account_ids, _owners),
        st.builds(DepositMoney, account_ids, _moved),
        st.builds(DepositMoney, account_ids, _small, texts),
        st.builds(WithdrawMoney, account_ids, _moved),
        st.builds(WithdrawMoney, account_ids, _small, texts),
        st.builds(SendTransfer, account_ids, _moved, transfer_ids, any_account_ids),
        st.builds(ReceiveTransfer, account_ids, _small, transfer_ids, any_account_ids, currencies),
        st.builds(ReturnTransfer, account_ids, _small, transfer_ids, texts),
        st.builds(FreezeAccount, account_ids, texts),
        st.builds(UnfreezeAccount, account_ids),
        st.builds(CloseAccount, account_ids),
    )


commands = commands_to(any_account_ids)

stories: st.SearchStrategy[list[Command]] = st.builds(
    lambda currency, story: [OpenAccount("ACC-1", "Ada", currency), *story],
    st.sampled_from(["USD", "not a currency"]),
    st.lists(commands_to(st.just("ACC-1")), min_size=8, max_size=40),
)
"""Any commands to one account, which is mostly open, so that the rules have what to protect."""

_offsets = st.integers(-24 * 60 + 1, 24 * 60 - 1).map(
    lambda minutes: timezone(timedelta(minutes=minutes))
)
instants = st.datetimes(datetime(1, 1, 3), datetime(9999, 12, 29), timezones=_offsets)

metadata = st.builds(
    Metadata,
    time=instants,
    actor=st.none() | st.builds(Actor, names, names),
    correlation_id=st.none() | names,
    causation_id=st.none() | names,
)
