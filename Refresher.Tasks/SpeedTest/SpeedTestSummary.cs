using Refresher.Tasks.SpeedTest.Health;

namespace Refresher.Tasks.SpeedTest;

/// <summary>A speed test as programs read it: a run's output and an item of the Api's list.</summary>
public sealed record SpeedTestSummary(
    Guid Id,
    Guid RunId,
    string? ScheduleKey,
    string? Source,
    DateTimeOffset At,
    double Seconds,
    bool SelfTest,
    bool Succeeded,
    string? Failure,
    SpeedTestServer? Server,
    SpeedTestLatency? Idle,
    int? Echoes,
    int? EchoesLost,
    SpeedTestDirection? Download,
    SpeedTestDirection? Upload,
    string? BufferbloatGrade,
    LineQuality? Quality,
    string? ClientAddress,
    string? ClientIsp,
    string? ClientCountry,
    bool? Healthy,
    string? Complaint,
    SpeedTestThresholds? Thresholds,
    Guid? Confirms,
    IReadOnlyList<CandidateSummary> Candidates)
{
    public static SpeedTestSummary Of(SpeedTestResult test) => new(
        test.Id,
        test.RunId,
        test.ScheduleKey,
        test.Source,
        test.At,
        test.Seconds,
        test.SelfTest,
        test.Failure is null,
        test.Failure,
        test.Server,
        test.Idle,
        test.Echoes,
        test.EchoesLost,
        test.Download,
        test.Upload,
        test.BufferbloatGrade,
        LineQuality.Of(test),
        test.ClientAddress,
        test.ClientIsp,
        test.ClientCountry,
        test.Healthy,
        test.Complaint,
        test.Thresholds,
        test.Confirms,
        [.. test.Candidates.OrderBy(candidate => candidate.Rank).Select(candidate => new CandidateSummary(candidate.Server, candidate.LatencyMs, candidate.Failure, candidate.Chosen))]);
}

/// <summary>A server that was looked at.</summary>
public sealed record CandidateSummary(SpeedTestServer Server, double? LatencyMs, string? Failure, bool Chosen);
