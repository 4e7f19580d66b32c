-- PostgreSQL writes to all indexes of a task each time that its status changes. What these two find is
-- found as well by task_execution_status, and among the few that run.
DROP INDEX task_open;
DROP INDEX task_lease;
