using Npgsql;
using Refresher.Testing;

namespace Refresher.Core.Tests.Data;

/// <summary>The roles of those who only look.</summary>
public sealed class DatabaseRolesTests : EngineTest
{
    private readonly string _suffix = Guid.NewGuid().ToString("N")[..8];
    private readonly string _password = Guid.NewGuid().ToString("N");

    private protected override string Roles => "scheduler";

    protected override (string Key, string Value)[] Settings =>
    [
        ("DatabaseRoles:Reports:User", "reports_" + _suffix), ("DatabaseRoles:Reports:Password", _password),
        ("DatabaseRoles:Monitor:User", "monitor_" + _suffix), ("DatabaseRoles:Monitor:Password", _password),
    ];

    [Fact]
    public async Task The_one_for_reports_reads_the_views_and_no_table_and_writes_nothing()
    {
        await using var reports = await ConnectAsync("reports_");

        // The views are those of the tasks that are there, and may be none.
        await using (var views = new NpgsqlCommand("SELECT array_agg(viewname::text) FROM pg_views WHERE schemaname = 'reporting'", reports))
        {
            foreach (var view in await views.ExecuteScalarAsync() as string[] ?? [])
            {
                Assert.Equal(0L, await AskAsync(reports, $"SELECT count(*) FROM reporting.{view}"));
            }
        }

        foreach (var table in new[] { "speed_tests", "runs", "schedules", "\"AspNetUsers\"", "settings" })
        {
            var refused = await Assert.ThrowsAsync<PostgresException>(() => AskAsync(reports, $"SELECT count(*) FROM {table}"));
            Assert.Contains(refused.SqlState, new[] { PostgresErrorCodes.InsufficientPrivilege, PostgresErrorCodes.UndefinedTable });
        }

        var readOnly = await Assert.ThrowsAsync<PostgresException>(() => AskAsync(reports, "CREATE TABLE reporting.mine (id int)"));
        Assert.Equal(PostgresErrorCodes.ReadOnlySqlTransaction, readOnly.SqlState);
        Assert.Equal("15s", await AskAsync(reports, "SHOW statement_timeout"));
    }

    [Fact]
    public async Task The_one_for_the_exporter_reads_what_the_server_says_of_itself_and_no_table()
    {
        await using var monitor = await ConnectAsync("monitor_");

        Assert.True((long)(await AskAsync(monitor, "SELECT count(*) FROM pg_stat_activity WHERE query <> '<insufficient privilege>'"))! > 0);
        Assert.Equal(PostgresErrorCodes.InsufficientPrivilege, (await Assert.ThrowsAsync<PostgresException>(() => AskAsync(monitor, "SELECT count(*) FROM runs"))).SqlState);
        Assert.False((bool)(await AskAsync(monitor, "SELECT has_schema_privilege('reporting', 'USAGE')"))!);
    }

    [Fact]
    public async Task A_wrong_password_opens_nothing()
    {
        await using var connection = new NpgsqlConnection(ConnectionString("reports_", "not-the-password-of-it"));

        Assert.Equal(PostgresErrorCodes.InvalidPassword, (await Assert.ThrowsAsync<PostgresException>(() => connection.OpenAsync())).SqlState);
    }

    private async Task<NpgsqlConnection> ConnectAsync(string role)
    {
        var connection = new NpgsqlConnection(ConnectionString(role, _password));
        return await Eventually.SeeAsync(
            async () =>
            {
                try
                {
                    await connection.OpenAsync();
                }
                catch (PostgresException error) when (error.SqlState == PostgresErrorCodes.InvalidPassword)
                {
                    // The scheduler makes the role after the migrations.
                }

                return connection;
            },
            opened => opened.State == System.Data.ConnectionState.Open,
            60);
    }

    private string ConnectionString(string role, string password) =>
        new NpgsqlConnectionStringBuilder(Database.ConnectionString) { Username = role + _suffix, Password = password, Pooling = false }.ConnectionString;

    private static async Task<object?> AskAsync(NpgsqlConnection connection, string sql)
    {
        await using var command = new NpgsqlCommand(sql, connection);
        return await command.ExecuteScalarAsync();
    }
}
