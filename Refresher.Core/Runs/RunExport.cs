using System.Text;
using Refresher.Core.Contract;

namespace Refresher.Core.Runs;

/// <summary>How runs are written into a file.</summary>
public enum RunFileFormat
{
    /// <summary>RFC 4180, with a header; texts that a spreadsheet would take for a formula begin with an apostrophe.</summary>
    Csv,

    /// <summary>A JSON object a line (<c>application/x-ndjson</c>).</summary>
    Json,
}

/// <summary>What an export came to.</summary>
/// <param name="Next">Where the next file has to go on; null: nothing is missing.</param>
public sealed record RunFileEnd(long Rows, Guid? Next);

/// <summary>Writes runs into a file while they are read, however many there are: secrets masked, and where it is cut, a last line that says so.</summary>
public sealed class RunExport(RunQueries runs, KindCatalog kinds)
{
    /// <summary>Rows of one file.</summary>
    public const int MostRows = 1_000_000;

    /// <param name="after">Only runs before this one; null for the beginning.</param>
    /// <param name="most">1 to <see cref="MostRows"/>.</param>
    public async Task<RunFileEnd> WriteAsync(RunFilter filter, Guid? after, RunFileFormat format, int most, Stream to, CancellationToken cancel)
    {
        // A byte order mark lets spreadsheets see that it is UTF-8; JSON must have none.
        await using var text = new StreamWriter(to, new UTF8Encoding(format == RunFileFormat.Csv), 64 * 1024, leaveOpen: true);
        if (format == RunFileFormat.Csv)
        {
            await text.WriteAsync(RunCsv.Header);
        }

        long rows = 0;
        Guid? last = null;
        await foreach (var run in runs.AllAsync(filter, after, cancel))
        {
            if (rows == most)
            {
                await text.WriteAsync(format == RunFileFormat.Csv ? RunCsv.End(rows, last!.Value) : RunLine.End(rows, last!.Value));
                return new RunFileEnd(rows, last);
            }

            var options = SecretOptions.Hide(kinds.Find(run.Kind), run.Options);
            await text.WriteAsync((format == RunFileFormat.Csv ? RunCsv.Of(run, options) : RunLine.Of(run, options)).AsMemory(), cancel);
            (rows, last) = (rows + 1, run.Id);
        }

        return new RunFileEnd(rows, null);
    }
}
