using System.Text.Json;
using Npgsql;
using Refresher.Core;
using Refresher.Core.Alerts.Channels;
using Refresher.Testing;

namespace Refresher.Bench.Pages;

/// <summary>What else fills pages: entries of the audit, deliveries. One of each is made as a person makes it, the others are its copies.</summary>
internal sealed class OtherData(EngineHost client, NpgsqlDataSource source)
{
    private const int EntryCount = 200_000;
    private const int DeliveryCount = 100_000;

    /// <summary>A version-7 UUID of the instant <c>d.at</c>, different for each <c>d.n</c>.</summary>
    internal const string Id = "(lpad(to_hex((extract(epoch FROM d.at) * 1000)::bigint), 12, '0') || '7' || substr(md5(d.n::text), 1, 3) || '8' || substr(md5(d.n::text), 4, 15))::uuid";

    public async Task MakeAsync(DateTimeOffset now)
    {
        await DeliveriesAsync(now);

        // The last of all: what was made until now has left its entries, whose copies say as much.
        await Sql.RunAsync(source, $"""
            INSERT INTO audit_entries SELECT copy.*
            FROM (SELECT n, $1 - n * interval '1 minute' AS at FROM generate_series(1, $2) n) d
            JOIN (SELECT id, row_number() OVER (ORDER BY id) - 1 AS place, count(*) OVER () AS places FROM audit_entries) p ON p.place = d.n % p.places
            JOIN audit_entries e ON e.id = p.id, LATERAL jsonb_populate_record(e, jsonb_build_object('id', {Id}, 'at', d.at, 'actor', 'user-' || d.n % 20)) copy
            """, now, EntryCount);
        await Sql.RunAsync(source, "ANALYZE audit_entries, deliveries");
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
