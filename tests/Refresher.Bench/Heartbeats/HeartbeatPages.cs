using System.Text.Json;
using Npgsql;
using Refresher.Bench.Pages;
using Refresher.Core;
using Refresher.Tasks.Heartbeats;
using Refresher.Testing;

namespace Refresher.Bench.Heartbeats;

/// <summary>Heartbeats with their calls: one is made as a person makes it, the others are its copies.</summary>
internal sealed class HeartbeatPages : IPageData
{
    private const int HeartbeatCount = 500;

    public IReadOnlyList<string> Filtered => [];

    public async Task<string> MakeAsync(EngineHost client, NpgsqlDataSource source, BenchOptions options, DateTimeOffset now)
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
            SELECT {OtherData.Id}, d.h, d.at, 'success', false, '127.0.0.1'
            FROM (SELECT h.id AS h, n + place * 1000 AS n, $1 - n * interval '1 hour' AS at FROM generate_series(1, 200) n, (SELECT id, row_number() OVER (ORDER BY id) AS place FROM heartbeats) h) d
            """, now);
        await Sql.RunAsync(source, "ANALYZE heartbeats, heartbeat_beats");
        return "";
    }
}
