exec yes "the same line again"
