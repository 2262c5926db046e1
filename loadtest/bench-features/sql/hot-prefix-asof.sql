-- Running sums of each key up to each time: what is before t less what is before t - W.
WITH sums AS (
  SELECT buyer, ts, sum(count(*)) OVER running AS events, sum(sum(cents)) OVER running AS cents
  FROM events GROUP BY buyer, ts
  WINDOW running AS (PARTITION BY buyer ORDER BY ts)
)
SELECT
  s.id,
  coalesce(a.events, 0) - coalesce(b.events, 0) AS f1,
  coalesce(a.cents, 0) - coalesce(b.cents, 0) AS f2,
  coalesce((a.cents - coalesce(b.cents, 0))::DOUBLE / nullif(a.events - coalesce(b.events, 0), 0), 0) AS f3
FROM spine s
ASOF LEFT JOIN sums a ON a.buyer = s.buyer AND a.ts < s.t
ASOF LEFT JOIN sums b ON b.buyer = s.buyer AND b.ts < s.t - 2592000000
