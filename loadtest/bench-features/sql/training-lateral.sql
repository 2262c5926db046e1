-- Each feature as its own question about the events of its window.
SELECT
  s.id,
  coalesce(l1.f, 0) AS f1,
  coalesce(l2.f, 0) AS f2,
  coalesce(l3.f, 0) AS f3,
  coalesce(l4.f, 0) AS f4,
  coalesce(l5.f, 0) AS f5,
  coalesce(l6.f, 0) AS f6,
  coalesce(l7.f, 0) AS f7,
  coalesce(l8.f, 0) AS f8,
  coalesce(l9.f, 0) AS f9,
  coalesce(l10.f, 0) AS f10,
  coalesce(l11.f, 0) AS f11,
  coalesce(l12.f, 0) AS f12
FROM spine s,
LATERAL (
  SELECT count(*) AS f FROM events e
  WHERE e.origin = s.origin AND e.ts < s.t AND e.ts >= s.t - 10800000
) l1,
LATERAL (
  SELECT sum(e.delay) / count(e.delay)::DOUBLE AS f FROM events e
  WHERE e.origin = s.origin AND e.ts < s.t AND e.ts >= s.t - 10800000
) l2,
LATERAL (
  SELECT count(*) FILTER (e.delay > 15) / count(e.delay)::DOUBLE AS f FROM events e
  WHERE e.origin = s.origin AND e.ts < s.t AND e.ts >= s.t - 86400000
) l3,
LATERAL (
  SELECT max(e.delay) AS f FROM events e
  WHERE e.origin = s.origin AND e.ts < s.t AND e.ts >= s.t - 21600000
) l4,
LATERAL (
  SELECT sum(e.delay) / count(e.delay)::DOUBLE AS f FROM events e
  WHERE e.destination = s.destination AND e.ts < s.t AND e.ts >= s.t - 10800000
) l5,
LATERAL (
  SELECT count(*) FILTER (e.delay > 15) / count(e.delay)::DOUBLE AS f FROM events e
  WHERE e.destination = s.destination AND e.ts < s.t AND e.ts >= s.t - 86400000
) l6,
LATERAL (
  SELECT count(*) FILTER (e.delay > 15) / count(e.delay)::DOUBLE AS f FROM events e
  WHERE e.destination = s.destination AND e.ts < s.t AND e.ts >= s.t - 2592000000
) l7,
LATERAL (
  SELECT min(e.delay) AS f FROM events e
  WHERE e.destination = s.destination AND e.ts < s.t AND e.ts >= s.t - 21600000
) l8,
LATERAL (
  SELECT count(*) AS f FROM events e
  WHERE e.origin = s.origin AND e.destination = s.destination AND e.ts < s.t AND e.ts >= s.t - 604800000
) l9,
LATERAL (
  SELECT sum(e.delay) / count(e.delay)::DOUBLE AS f FROM events e
  WHERE e.origin = s.origin AND e.destination = s.destination AND e.ts < s.t AND e.ts >= s.t - 604800000
) l10,
LATERAL (
  SELECT count(*) FILTER (e.delay > 15) / count(e.delay)::DOUBLE AS f FROM events e
  WHERE e.origin = s.origin AND e.destination = s.destination AND e.ts < s.t AND e.ts >= s.t - 2592000000
) l11,
LATERAL (
  SELECT sum(e.delay) FILTER (e.delay > 15) AS f FROM events e
  WHERE e.origin = s.origin AND e.destination = s.destination AND e.ts < s.t AND e.ts >= s.t - 2592000000
) l12
