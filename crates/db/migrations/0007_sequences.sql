-- A task of a sequence that waits for another one is parked: out of the sight of those who look for
-- work, however many there are. Whoever ends a task brings the next of its sequence back.
ALTER TABLE task ADD COLUMN parked BOOLEAN NOT NULL DEFAULT FALSE;
DROP INDEX task_pending;
CREATE INDEX task_pending ON task (kind, parked, share, id) WHERE status = 'Pending';
-- The tasks of a sequence are of one kind.
UPDATE task SET sequence = kind || substr(sequence, 8) WHERE ended_at IS NULL AND sequence LIKE 'webhook %';
