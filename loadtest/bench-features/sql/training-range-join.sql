-- Each question joined with the events of its longest window, once a view, and grouped; shorter windows filter.
WITH
by_origin AS (
  SELECT
    s.id,
    count(*) FILTER (e.ts >= s.t - 10800000) AS f1,
    sum(e.delay) FILTER (e.ts >= s.t - 10800000) / count(e.delay) FILTER (e.ts >= s.t - 10800000)::DOUBLE AS f2,
    count(*) FILTER (e.delay > 15) / count(e.delay)::DOUBLE AS f3,
    max(e.delay) FILTER (e.ts >= s.t - 21600000) AS f4
  FROM spine s JOIN events e ON e.origin = s.origin AND e.ts < s.t AND e.ts >= s.t - 86400000
  GROUP BY s.id
),
by_destination AS (
  SELECT
    s.id,
    sum(e.delay) FILTER (e.ts >= s.t - 10800000) / count(e.delay) FILTER (e.ts >= s.t - 10800000)::DOUBLE AS f5,
    count(*) FILTER (e.delay > 15 AND e.ts >= s.t - 86400000) / count(e.delay) FILTER (e.ts >= s.t - 86400000)::DOUBLE AS f6,
    count(*) FILTER (e.delay > 15) / count(e.delay)::DOUBLE AS f7,
    min(e.delay) FILTER (e.ts >= s.t - 21600000) AS f8
  FROM spine s JOIN events e ON e.destination = s.destination AND e.ts < s.t AND e.ts >= s.t - 2592000000
  GROUP BY s.id
),
by_route AS (
  SELECT
    s.id,
    count(*) FILTER (e.ts >= s.t - 604800000) AS f9,
    sum(e.delay) FILTER (e.ts >= s.t - 604800000) / count(e.delay) FILTER (e.ts >= s.t - 604800000)::DOUBLE AS f10,
    count(*) FILTER (e.delay > 15) / count(e.delay)::DOUBLE AS f11,
    sum(e.delay) FILTER (e.delay > 15) AS f12
  FROM spine s JOIN events e
    ON e.origin = s.origin AND e.destination = s.destination AND e.ts < s.t AND e.ts >= s.t - 2592000000
  GROUP BY s.id
)
SELECT
  s.id,
  coalesce(f1, 0) AS f1, coalesce(f2, 0) AS f2, coalesce(f3, 0) AS f3, coalesce(f4, 0) AS f4,
  coalesce(f5, 0) AS f5, coalesce(f6, 0) AS f6, coalesce(f7, 0) AS f7, coalesce(f8, 0) AS f8,
  coalesce(f9, 0) AS f9, coalesce(f10, 0) AS f10, coalesce(f11, 0) AS f11, coalesce(f12, 0) AS f12
FROM spine s LEFT JOIN by_origin USING (id) LEFT JOIN by_destination USING (id) LEFT JOIN by_route USING (id)
