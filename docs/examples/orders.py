"""What a customer still owes on an order; below zero, what the shop owes."""

from dataclasses import dataclass, replace


@dataclass(frozen=True)
class Order:
    owed: int = 0
    is_shipped: bool = False


initial = Order()


def evolve(state, event):
    match event.type:
        case "order_placed":
            return replace(state, owed=event.data["total"])
        case "payment_received":
            return replace(state, owed=state.owed - event.data["amount"])
        case "payment_returned":
            return replace(state, owed=state.owed + event.data["amount"])
        case "order_shipped":
            return replace(state, is_shipped=True)
        case _:
            return state
