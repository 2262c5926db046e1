-- Running sums of each key up to each time, and one ASOF join for each end of a window: what is before t less what is
-- before t - W. Sums can be taken apart so, least and greatest values can't: those of 6 hours are joined by range.
WITH
origin_sums AS (
  SELECT origin, ts,
    sum(count(*)) OVER running AS flights,
    sum(count(delay)) OVER running AS delays,
    sum(sum(delay)) OVER running AS delay_sum,
    sum(count(*) FILTER (delay > 15)) OVER running AS late
  FROM events GROUP BY origin, ts
  WINDOW running AS (PARTITION BY origin ORDER BY ts)
),
destination_sums AS (
  SELECT destination, ts,
    sum(count(delay)) OVER running AS delays,
    sum(sum(delay)) OVER running AS delay_sum,
    sum(count(*) FILTER (delay > 15)) OVER running AS late
  FROM events GROUP BY destination, ts
  WINDOW running AS (PARTITION BY destination ORDER BY ts)
),
route_sums AS (
  SELECT origin, destination, ts,
    sum(count(*)) OVER running AS flights,
    sum(count(delay)) OVER running AS delays,
    sum(sum(delay)) OVER running AS delay_sum,
    sum(count(*) FILTER (delay > 15)) OVER running AS late,
    sum(coalesce(sum(delay) FILTER (delay > 15), 0)) OVER running AS late_delay_sum
  FROM events GROUP BY origin, destination, ts
  WINDOW running AS (PARTITION BY origin, destination ORDER BY ts)
),
origin_extremes AS (
  SELECT s.id, max(e.delay) AS delay_max
  FROM spine s JOIN events e ON e.origin = s.origin AND e.ts < s.t AND e.ts >= s.t - 21600000
  GROUP BY s.id
),
destination_extremes AS (
  SELECT s.id, min(e.delay) AS delay_min
  FROM spine s JOIN events e ON e.destination = s.destination AND e.ts < s.t AND e.ts >= s.t - 21600000
  GROUP BY s.id
)
SELECT
  s.id,
  coalesce(o.flights, 0) - coalesce(o3.flights, 0) AS f1,
  coalesce((o.delay_sum - coalesce(o3.delay_sum, 0))::DOUBLE / nullif(o.delays - coalesce(o3.delays, 0), 0), 0) AS f2,
  coalesce((o.late - coalesce(o24.late, 0))::DOUBLE / nullif(o.delays - coalesce(o24.delays, 0), 0), 0) AS f3,
  coalesce(oe.delay_max, 0) AS f4,
  coalesce((d.delay_sum - coalesce(d3.delay_sum, 0))::DOUBLE / nullif(d.delays - coalesce(d3.delays, 0), 0), 0) AS f5,
  coalesce((d.late - coalesce(d24.late, 0))::DOUBLE / nullif(d.delays - coalesce(d24.delays, 0), 0), 0) AS f6,
  coalesce((d.late - coalesce(d30.late, 0))::DOUBLE / nullif(d.delays - coalesce(d30.delays, 0), 0), 0) AS f7,
  coalesce(de.delay_min, 0) AS f8,
  coalesce(r.flights, 0) - coalesce(r7.flights, 0) AS f9,
  coalesce((r.delay_sum - coalesce(r7.delay_sum, 0))::DOUBLE / nullif(r.delays - coalesce(r7.delays, 0), 0), 0) AS f10,
  coalesce((r.late - coalesce(r30.late, 0))::DOUBLE / nullif(r.delays - coalesce(r30.delays, 0), 0), 0) AS f11,
  coalesce(r.late_delay_sum - coalesce(r30.late_delay_sum, 0), 0) AS f12
FROM spine s
ASOF LEFT JOIN origin_sums o ON o.origin = s.origin AND o.ts < s.t
ASOF LEFT JOIN origin_sums o3 ON o3.origin = s.origin AND o3.ts < s.t - 10800000
ASOF LEFT JOIN origin_sums o24 ON o24.origin = s.origin AND o24.ts < s.t - 86400000
ASOF LEFT JOIN destination_sums d ON d.destination = s.destination AND d.ts < s.t
ASOF LEFT JOIN destination_sums d3 ON d3.destination = s.destination AND d3.ts < s.t - 10800000
ASOF LEFT JOIN destination_sums d24 ON d24.destination = s.destination AND d24.ts < s.t - 86400000
ASOF LEFT JOIN destination_sums d30 ON d30.destination = s.destination AND d30.ts < s.t - 2592000000
ASOF LEFT JOIN route_sums r ON r.origin = s.origin AND r.destination = s.destination AND r.ts < s.t
ASOF LEFT JOIN route_sums r7 ON r7.origin = s.origin AND r7.destination = s.destination AND r7.ts < s.t - 604800000
ASOF LEFT JOIN route_sums r30 ON r30.origin = s.origin AND r30.destination = s.destination AND r30.ts < s.t - 2592000000
LEFT JOIN origin_extremes oe ON oe.id = s.id
LEFT JOIN destination_extremes de ON de.id = s.id
