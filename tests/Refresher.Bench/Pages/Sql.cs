using Npgsql;

namespace Refresher.Bench.Pages;

/// <summary>Statements that make much data.</summary>
internal static class Sql
{
    private const int Patience = 900;

    public static async Task RunAsync(NpgsqlDataSource source, string sql, params object[] values)
    {
        await using var command = source.CreateCommand(sql);
        command.CommandTimeout = Patience;
        command.Parameters.AddRange(Array.ConvertAll(values, value => new NpgsqlParameter { Value = value }));
        await command.ExecuteNonQueryAsync();
    }

    public static async Task<T> ReadAsync<T>(NpgsqlDataSource source, string sql)
    {
        await using var command = source.CreateCommand(sql);
        command.CommandTimeout = Patience;
        return (T)(await command.ExecuteScalarAsync())!;
    }
}
