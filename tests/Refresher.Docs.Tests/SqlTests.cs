using System.Text.RegularExpressions;
using Npgsql;
using Refresher.Tasks;
using Refresher.Testing;

namespace Refresher.Docs.Tests;

/// <summary>SQL in documents fits the schema that the migrations make.</summary>
public sealed partial class SqlTests
{
    private static readonly string[] s_prepared = ["SELECT", "INSERT", "UPDATE", "DELETE", "WITH"];

    [Fact]
    public async Task Every_statement_fits_the_schema()
    {
        await using var database = await TestDatabase.CreateAsync();
        await using var engine = await EngineHost.StartAsync(database, TaskCatalog.Kinds, "scheduler");
        await using var connection = new NpgsqlConnection(database.ConnectionString);
        await connection.OpenAsync();
        var texts = Document.BlocksIn("sql").Select(block => (Where: $"{block}", Sql: block.Text))
            .Concat(Document.BlocksIn("bash").SelectMany(block => Psql().Matches(block.Text).Select(match => (Where: $"{block}", Sql: Unquote(match))))).ToArray();
        var wrong = new List<string>();
        foreach (var (where, sql) in texts)
        {
            if (await WhatIsWrongAsync(connection, sql) is { } error)
            {
                wrong.Add($"{where}: {error}\n{sql}");
            }
        }

        Assert.True(texts.Length > 20, $"Only {texts.Length} were found.");
        Offenders.None(wrong);
    }

    /// <summary>It is asked by KEDA, in a cluster: nothing here runs it.</summary>
    [Fact]
    public void What_the_chart_scales_workers_by_is_the_statement_that_was_tried() =>
        Assert.Single(Document.BlocksIn("sql"), block => Repository.Text("Refresher.AppHost/Deployment.Kubernetes.cs").Contains($"\"{block.Text.Trim()}\"", StringComparison.Ordinal));

    [Fact]
    public async Task A_column_that_is_not_there_is_found()
    {
        await using var database = await TestDatabase.CreateAsync();
        await using var connection = new NpgsqlConnection(database.ConnectionString);
        await connection.OpenAsync();

        Assert.Null(await WhatIsWrongAsync(connection, "SELECT relname FROM pg_class WHERE oid = $1; SELECT 1"));
        Assert.NotNull(await WhatIsWrongAsync(connection, "SELECT 1; SELECT relnaem FROM pg_class"));
    }

    /// <summary>Statements are planned, what cannot be planned is done; nothing of it stays.</summary>
    private static async Task<string?> WhatIsWrongAsync(NpgsqlConnection connection, string sql)
    {
        await using var transaction = await connection.BeginTransactionAsync();
        try
        {
            foreach (var statement in sql.Split(';', StringSplitOptions.TrimEntries | StringSplitOptions.RemoveEmptyEntries).Where(statement => statement is not ("BEGIN" or "COMMIT")))
            {
                var isPrepared = s_prepared.Any(verb => statement.StartsWith(verb, StringComparison.Ordinal));
                await using var command = new NpgsqlCommand(isPrepared ? $"PREPARE document AS {statement}; DEALLOCATE document" : statement, connection);
                command.AllResultTypesAreUnknown = true;
                await command.ExecuteNonQueryAsync();
            }

            return null;
        }
        catch (PostgresException error)
        {
            return error.MessageText;
        }
    }

    /// <summary>The text as psql gets it; what the shell puts in is an id.</summary>
    private static string Unquote(Match match) =>
        match.Groups[1].Success ? Variable().Replace(match.Groups[1].Value.Replace("\\\"", "\"", StringComparison.Ordinal), Guid.Empty.ToString()) : match.Groups[2].Value;

    [GeneratedRegex("""psql (?:-\w+ )*-\w*c (?:"((?:[^"\\]|\\.)*)"|'([^']*)')""")]
    private static partial Regex Psql();

    [GeneratedRegex(@"\$\{?[a-z]\w*(?:[^}'\s]*\})?")]
    private static partial Regex Variable();
}
