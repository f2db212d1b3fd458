using System.Text.Json;
using Npgsql;
using Refresher.Core;
using Refresher.Core.Alerts.Channels;
using Refresher.Tasks.Heartbeats;
using Refresher.Testing;

namespace Refresher.Bench.Pages;

/// <summary>What else fills pages: entries of the audit, deliveries, heartbeats with their calls. One of each is made as a person makes it, the others are its copies.</summary>
internal sealed class OtherData(EngineHost client, NpgsqlDataSource source)
{
    private const int EntryCount = 200_000;
    private const int DeliveryCount = 100_000;
    private const int HeartbeatCount = 500;

    /// <summary>A version-7 UUID of the instant <c>d.at</c>, different for each <c>d.n</c>.</summary>
    private const string Id = "(lpad(to_hex((extract(epoch FROM d.at) * 1000)::bigint), 12, '0') || '7' || substr(md5(d.n::text), 1, 3) || '8' || substr(md5(d.n::text), 4, 15))::uuid";

    public async Task MakeAsync(DateTimeOffset now)
    {
        await HeartbeatsAsync(now);
        await DeliveriesAsync(now);

        // The last of all: what was made until now has left its entries, whose copies say as much.
        await Sql.RunAsync(source, $"""
            INSERT INTO audit_entries SELECT copy.*
            FROM (SELECT n, $1 - n * interval '1 minute' AS at FROM generate_series(1, $2) n) d
            JOIN (SELECT id, row_number() OVER (ORDER BY id) - 1 AS place, count(*) OVER () AS places FROM audit_entries) p ON p.place = d.n % p.places
            JOIN audit_entries e ON e.id = p.id, LATERAL jsonb_populate_record(e, jsonb_build_object('id', {Id}, 'at', d.at, 'actor', 'user-' || d.n % 20)) copy
            """, now, EntryCount);
        await Sql.RunAsync(source, "ANALYZE audit_entries, deliveries, heartbeats, heartbeat_beats");
    }

    private async Task HeartbeatsAsync(DateTimeOffset now)
    {
        var input = new HeartbeatInput { Name = "Backup 0", Key = "backup-0", Cadence = JsonSerializer.SerializeToElement(new { type = "every", every = "1.00:00:00" }), Grace = TimeSpan.FromHours(6) };
        var made = await client.WithAsync<HeartbeatCommands, Result<Heartbeat>>(commands => commands.CreateAsync(input, default));
        _ = made.Value ?? throw new InvalidOperationException(made.Errors?.ToString());
        await Sql.RunAsync(source, """
            INSERT INTO heartbeats SELECT copy.* FROM heartbeats h, generate_series(1, $1) n,
                LATERAL jsonb_populate_record(h, jsonb_build_object('id', gen_random_uuid(), 'key', 'backup-' || n, 'name', 'Backup ' || n, 'token_hash', '\x' || md5(n::text) || md5((-n)::text))) copy
            """, HeartbeatCount - 1);
        await Sql.RunAsync(source, $"""
            INSERT INTO heartbeat_beats (id, heartbeat_id, at, kind, is_cut, from_address)
            SELECT {Id}, d.h, d.at, 'success', false, '127.0.0.1'
            FROM (SELECT h.id AS h, n + place * 1000 AS n, $1 - n * interval '1 hour' AS at FROM generate_series(1, 200) n, (SELECT id, row_number() OVER (ORDER BY id) AS place FROM heartbeats) h) d
            """, now);
    }

    private async Task DeliveriesAsync(DateTimeOffset now)
    {
        var input = new ChannelInput { Name = "Hook", Kind = "webhook", Settings = JsonSerializer.SerializeToElement(new { url = "http://127.0.0.1:9/" }) };
        var made = await client.WithAsync<ChannelCommands, Result<Channel>>(commands => commands.CreateAsync(input, default));
        var channel = made.Value ?? throw new InvalidOperationException(made.Errors?.ToString());
        await Sql.RunAsync(source, $$"""
            INSERT INTO deliveries (id, change, thread, channel_id, channel_name, channel_kind, notice, subject_id, title, message, state, attempts, ready_at, give_up_at, status, answer, created_at, finished_at)
            SELECT {{Id}}, 'change-' || n, 'thread-' || n / 2, $1, 'Hook', 'webhook', CASE n % 2 WHEN 0 THEN 'begun' ELSE 'over' END, 'site-' || n % 10000, 'Site ' || n % 10000 || ' is down', '{}',
                   CASE n % 50 WHEN 0 THEN 'failed' ELSE 'sent' END, 1, at, at, 200, 'ok', at, at
            FROM (SELECT n, $2 - ($3 - n) * interval '3 minutes' AS at FROM generate_series(1, $3) n) d
            """, channel.Id, now, DeliveryCount);
    }
}
