"""Functions of ours in the queue's schema: taking a job in, and telling who listens to an event."""

TASK = "baukasten.run"
"""The one task that procrastinate knows; which job of ours it means stands in its arguments."""
QUEUE = "default"

# A job that waits under the same queueing lock does this one's work too. Holding it until our transaction ends keeps
# it from starting before our rows can be seen; if it starts first, a new job is queued.
ENQUEUE = f"""
CREATE OR REPLACE FUNCTION jobs.enqueue(
    wanted jsonb, serial text, once text, due timestamptz, rank integer
) RETURNS bigint LANGUAGE plpgsql AS $$
DECLARE
    job procrastinate_job_to_defer_v1 := ROW('{QUEUE}', '{TASK}', rank, serial, once, wanted, due);
BEGIN
    IF once IS NULL THEN
        RETURN (procrastinate_defer_jobs_v1(ARRAY[job]))[1];
    END IF;
    LOOP
        PERFORM FROM procrastinate_jobs WHERE queueing_lock = once AND status = 'todo' FOR SHARE;
        IF FOUND THEN
            RETURN NULL;
        END IF;
        BEGIN
            RETURN (procrastinate_defer_jobs_v1(ARRAY[job]))[1];
        EXCEPTION WHEN unique_violation THEN
            NULL;
        END;
    END LOOP;
END $$
"""

# One statement for all listeners: rooms always listen, plugins while they are granted and switched on.
PUBLISH = """
CREATE OR REPLACE FUNCTION jobs.publish(happened jsonb, listeners text[]) RETURNS bigint LANGUAGE sql AS $$
    SELECT count(jobs.enqueue(
        jsonb_build_object(
            'key', 'jobs.event', 'tenant_id', platform.current_tenant(),
            'values', happened || jsonb_build_object('plugin', listener)
        ), NULL, NULL, NULL, 0
    ))
    FROM unnest(listeners) AS listener
    WHERE listener LIKE 'core.%' OR EXISTS (
        SELECT FROM public.plugin_switch s
        JOIN platform.plugin_grant g ON g.tenant_id = s.tenant_id AND g.plugin = s.plugin
        WHERE s.tenant_id = platform.current_tenant() AND s.plugin = listener
    )
$$
"""

# A running job's queueing lock would block its own retry as soon as a second job waits under it.
RELEASE = """
CREATE OR REPLACE FUNCTION jobs.release_queueing_lock() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    NEW.queueing_lock := NULL;
    RETURN NEW;
END $$
"""
RELEASE_TRIGGER = """
CREATE OR REPLACE TRIGGER release_queueing_lock BEFORE UPDATE OF status ON jobs.procrastinate_jobs
FOR EACH ROW WHEN (NEW.status = 'doing') EXECUTE FUNCTION jobs.release_queueing_lock()
"""

FUNCTIONS = (
    "SET LOCAL search_path = jobs, platform, public",
    ENQUEUE,
    PUBLISH,
    RELEASE,
    RELEASE_TRIGGER,
)
