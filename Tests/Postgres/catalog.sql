-- One table in the form of catalog.json; TABLE stands for its name.
WITH constraints AS (
    SELECT k.contype AS kind, k.conrelid AS owner, json_strip_nulls(json_build_object(
        'name', k.conname,
        'columns', CASE WHEN k.contype <> 'c' THEN (
            SELECT json_agg(a.attname ORDER BY n) FROM unnest(k.conkey) WITH ORDINALITY u(m, n)
            JOIN pg_attribute a ON a.attrelid = k.conrelid AND a.attnum = m) END,
        'expression', CASE WHEN k.contype = 'c' THEN pg_get_constraintdef(k.oid) END,
        'table', f.relname,
        'to', (
            SELECT json_agg(a.attname ORDER BY n) FROM unnest(k.confkey) WITH ORDINALITY u(m, n)
            JOIN pg_attribute a ON a.attrelid = k.confrelid AND a.attnum = m),
        'on_delete', reactions ->> k.confdeltype::text, 'on_update', reactions ->> k.confupdtype::text,
        'deferrable', CASE WHEN k.contype = 'f' THEN k.condeferrable END)) AS what
    FROM json_build_object('a', 'no action', 'c', 'cascade', 'n', 'set null') reactions, pg_constraint k
    LEFT JOIN pg_class f ON f.oid = k.confrelid ORDER BY k.conname)
SELECT json_build_object(
    'columns', (
        SELECT json_agg(json_build_object(
            'name', a.attname, 'type', format_type(a.atttypid, a.atttypmod), 'nullable', NOT a.attnotnull,
            'default', pg_get_expr(d.adbin, d.adrelid)) ORDER BY a.attnum)
        FROM pg_attribute a LEFT JOIN pg_attrdef d ON d.adrelid = a.attrelid AND d.adnum = a.attnum
        WHERE a.attrelid = c.oid AND a.attnum > 0 AND NOT a.attisdropped),
    'primary_key', (SELECT what FROM constraints WHERE owner = c.oid AND kind = 'p'),
    'unique', (SELECT coalesce(json_agg(what), '[]') FROM constraints WHERE owner = c.oid AND kind = 'u'),
    'checks', (SELECT coalesce(json_agg(what), '[]') FROM constraints WHERE owner = c.oid AND kind = 'c'),
    'foreign_keys', (SELECT coalesce(json_agg(what), '[]') FROM constraints WHERE owner = c.oid AND kind = 'f'),
    'indexes', (
        SELECT coalesce(json_agg(json_strip_nulls(json_build_object(
            'name', i.relname, 'method', m.amname,
            'keys', (SELECT json_agg(pg_get_indexdef(x.indexrelid, n, true) ORDER BY n)
                FROM generate_series(1, x.indnatts) n),
            'unique', x.indisunique, 'primary', CASE WHEN x.indisprimary THEN true END)) ORDER BY i.relname), '[]')
        FROM pg_index x JOIN pg_class i ON i.oid = x.indexrelid JOIN pg_am m ON m.oid = i.relam
        WHERE x.indrelid = c.oid),
    'triggers', (
        SELECT coalesce(json_agg(json_build_object(
            'name', t.tgname, 'timing', CASE WHEN t.tgtype & 2 > 0 THEN 'BEFORE' ELSE 'AFTER' END,
            'events', string_to_array(concat_ws(',',
                CASE WHEN t.tgtype & 4 > 0 THEN 'INSERT' END, CASE WHEN t.tgtype & 8 > 0 THEN 'DELETE' END,
                CASE WHEN t.tgtype & 16 > 0 THEN 'UPDATE' || coalesce(' OF ' || (
                    SELECT string_agg(a.attname, ', ') FROM pg_attribute a
                    WHERE a.attrelid = c.oid AND a.attnum = ANY (t.tgattr)), '') END), ','),
            'for_each', CASE WHEN t.tgtype & 1 > 0 THEN 'row' ELSE 'statement' END,
            'function', p.proname) ORDER BY t.tgname), '[]')
        FROM pg_trigger t JOIN pg_proc p ON p.oid = t.tgfoid WHERE t.tgrelid = c.oid AND NOT t.tgisinternal))
FROM pg_class c WHERE c.relname = 'TABLE' AND c.relnamespace = 'public'::regnamespace AND c.relkind = 'r'
