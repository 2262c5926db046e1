-- Events and questions in one relation, and a window for each feature that ends at the row's own time, not included: a
-- question contributes nothing, and its windows hold the events of [t - W, t).
WITH
united AS (
  SELECT NULL AS id, origin, destination, ts, delay, 1 AS flight, CASE WHEN delay > 15 THEN 1 ELSE 0 END AS late
  FROM events
  UNION ALL
  SELECT id, origin, destination, t, NULL, NULL, NULL FROM spine
),
windowed AS (
  SELECT
    id,
    count(flight) OVER origin3 AS f1,
    coalesce(sum(delay) OVER origin3 / (count(delay) OVER origin3)::DOUBLE, 0) AS f2,
    coalesce(sum(late) OVER origin24 / (count(late) OVER origin24)::DOUBLE, 0) AS f3,
    coalesce(max(delay) OVER origin6, 0) AS f4,
    coalesce(sum(delay) OVER destination3 / (count(delay) OVER destination3)::DOUBLE, 0) AS f5,
    coalesce(sum(late) OVER destination24 / (count(late) OVER destination24)::DOUBLE, 0) AS f6,
    coalesce(sum(late) OVER destination30 / (count(late) OVER destination30)::DOUBLE, 0) AS f7,
    coalesce(min(delay) OVER destination6, 0) AS f8,
    count(flight) OVER route7 AS f9,
    coalesce(sum(delay) OVER route7 / (count(delay) OVER route7)::DOUBLE, 0) AS f10,
    coalesce(sum(late) OVER route30 / (count(late) OVER route30)::DOUBLE, 0) AS f11,
    coalesce(sum(delay * late) OVER route30, 0) AS f12
  FROM united
  WINDOW
    origin3 AS (PARTITION BY origin ORDER BY ts RANGE BETWEEN 10800000 PRECEDING AND 1 PRECEDING),
    origin6 AS (PARTITION BY origin ORDER BY ts RANGE BETWEEN 21600000 PRECEDING AND 1 PRECEDING),
    origin24 AS (PARTITION BY origin ORDER BY ts RANGE BETWEEN 86400000 PRECEDING AND 1 PRECEDING),
    destination3 AS (PARTITION BY destination ORDER BY ts RANGE BETWEEN 10800000 PRECEDING AND 1 PRECEDING),
    destination6 AS (PARTITION BY destination ORDER BY ts RANGE BETWEEN 21600000 PRECEDING AND 1 PRECEDING),
    destination24 AS (PARTITION BY destination ORDER BY ts RANGE BETWEEN 86400000 PRECEDING AND 1 PRECEDING),
    destination30 AS (PARTITION BY destination ORDER BY ts RANGE BETWEEN 2592000000 PRECEDING AND 1 PRECEDING),
    route7 AS (PARTITION BY origin, destination ORDER BY ts RANGE BETWEEN 604800000 PRECEDING AND 1 PRECEDING),
    route30 AS (PARTITION BY origin, destination ORDER BY ts RANGE BETWEEN 2592000000 PRECEDING AND 1 PRECEDING)
)
SELECT * FROM windowed WHERE id IS NOT NULL
