-- Each question joined with the events of its window, and grouped.
SELECT s.id, count(e.ts) AS f1, coalesce(sum(e.cents), 0) AS f2, coalesce(sum(e.cents) / nullif(count(e.cents), 0)::DOUBLE, 0) AS f3
FROM spine s LEFT JOIN events e ON e.buyer = s.buyer AND e.ts < s.t AND e.ts >= s.t - 2592000000
GROUP BY s.id
