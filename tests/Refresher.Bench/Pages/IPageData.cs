using Npgsql;
using Refresher.Testing;

namespace Refresher.Bench.Pages;

/// <summary>What fills the pages of a task.</summary>
internal interface IPageData
{
    /// <summary>Dear looks at them that no link leads to as they are.</summary>
    IReadOnlyList<string> Filtered { get; }

    /// <returns>How much that is, for the title; empty: not worth a word.</returns>
    Task<string> MakeAsync(EngineHost client, NpgsqlDataSource source, BenchOptions options, DateTimeOffset now);
}
