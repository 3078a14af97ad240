"""The pages that people see, and what their scripts ask for."""

from serving.routes.screens import (
    admin,
    agreement,
    assets,
    begin,
    board,
    calibration,
    chat,
    conversation,
    desk,
    inbox,
    review,
    settle,
    written,
)

ROUTERS = (
    assets.router,
    begin.router,
    board.router,
    settle.router,
    calibration.router,
    agreement.router,
    chat.router,
    desk.router,
    written.router,
    conversation.router,
    inbox.router,
    review.router,  # after those whose paths would be taken for a conversation's
    admin.router,
)
