using System.Globalization;
using System.Text;
using System.Text.Json;
using Refresher.Core.Data;

namespace Refresher.Tasks.SpeedTest.History;

/// <summary>How tests are written into a file.</summary>
public enum SpeedFileFormat
{
    /// <summary>RFC 4180, with a header; without curves and candidates.</summary>
    Csv,

    /// <summary>A JSON object a line (<c>application/x-ndjson</c>), with the curves.</summary>
    Json,
}

/// <summary>Writes tests into a file while they are read, the latest first; where it is cut, a last line says so.</summary>
public sealed class SpeedTestExport(SpeedTestQueries tests)
{
    /// <summary>Tests of one file: ten years of one every quarter of an hour.</summary>
    public const int MostRows = 350_000;

    private const string Header =
        "id,at,scheduleKey,seconds,succeeded,failure,healthy,complaint,confirms,server,serverUrl,sponsor,city,country,distanceKm,pingMs,pingLowMs,pingP95Ms,jitterMs,"
        + "downloadMbps,downloadLowMbps,downloadHighMbps,downloadBytes,downloadSeconds,downloadLoadedMs,uploadMbps,uploadLowMbps,uploadHighMbps,uploadBytes,uploadSeconds,uploadLoadedMs,"
        + "bufferbloat,planDownloadMbps,planUploadMbps,clientIsp,clientCountry,source,loss\r\n";

    public async Task WriteAsync(SpeedTestFilter filter, SpeedFileFormat format, Stream to, CancellationToken cancel)
    {
        // A byte order mark lets spreadsheets see that it is UTF-8; JSON must have none.
        await using var text = new StreamWriter(to, new UTF8Encoding(format == SpeedFileFormat.Csv), 64 * 1024, leaveOpen: true);
        if (format == SpeedFileFormat.Csv)
        {
            await text.WriteAsync(Header);
        }

        var rows = 0;
        await foreach (var test in tests.All(filter).WithCancellation(cancel))
        {
            if (rows++ == MostRows)
            {
                await text.WriteAsync(format == SpeedFileFormat.Csv ? $"\"Cut after {MostRows} tests, there are more: ask for an earlier time\"\r\n" : $$"""{"cut":{{MostRows}}}""" + "\n");
                return;
            }

            await text.WriteAsync((format == SpeedFileFormat.Csv ? Row(test) : JsonSerializer.Serialize(SpeedTestSummary.Of(test), JsonSerializerOptions.Web) + "\n").AsMemory(), cancel);
        }
    }

    private static string Row(SpeedTestResult test) => string.Join(',', (string[])
    [
        test.Id.ToString(), test.At.UtcDateTime.ToString("yyyy-MM-ddTHH:mm:ss.fffZ", CultureInfo.InvariantCulture), CsvText.Of(test.ScheduleKey), Number(test.Seconds),
        test.Failure is null ? "true" : "false", CsvText.Of(test.Failure), test.Healthy switch { true => "true", false => "false", null => "" }, CsvText.Of(test.Complaint), test.Confirms?.ToString() ?? "",
        CsvText.Of(test.Server?.Name), CsvText.Of(test.Server?.Url), CsvText.Of(test.Server?.Sponsor), CsvText.Of(test.Server?.City), CsvText.Of(test.Server?.Country), Number(test.Server?.DistanceKm),
        Number(test.Idle?.MedianMs), Number(test.Idle?.MinMs), Number(test.Idle?.P95Ms), Number(test.Idle?.JitterMs),
        .. Direction(test.Download), .. Direction(test.Upload),
        CsvText.Of(test.BufferbloatGrade), Number(test.Thresholds?.DownloadMbps), Number(test.Thresholds?.UploadMbps), CsvText.Of(test.ClientIsp), CsvText.Of(test.ClientCountry), CsvText.Of(test.Source), Number(test.Loss),
    ]) + "\r\n";

    private static string[] Direction(SpeedTestDirection? direction) =>
        [Number(direction?.Mbps), Number(direction?.LowMbps), Number(direction?.HighMbps), Number(direction?.Bytes), Number(direction?.Seconds), Number(direction?.LoadedMs)];

    private static string Number(double? value) => value?.ToString("0.###", CultureInfo.InvariantCulture) ?? "";
}
