using Microsoft.Extensions.DependencyInjection;
using Refresher.Tasks.SiteMonitor.Probing;
using Refresher.Testing;

namespace Refresher.Tasks.Tests.SiteMonitor.Probing;

/// <summary>Whether a failed check is the site's fault or our own line's.</summary>
public sealed class ConnectivityTests
{
    private static readonly CheckResult OutOfTime = new() { Status = CheckStatus.Down, Fault = CheckFault.Timeout, Error = "no answer", TotalMs = 10, Address = "192.0.2.1" };

    [Fact]
    public async Task A_failed_check_counts_for_nothing_while_no_target_can_be_reached()
    {
        using var prober = new ProberUnderTest(("SiteMonitor:Connectivity:Targets:0", $"127.0.0.1:{FreePort.Next()}"), ("SiteMonitor:Connectivity:Keep", "00:00:00.100"));

        var judged = await prober.Services.GetRequiredService<Connectivity>().JudgeAsync(OutOfTime, CancellationToken.None);

        Assert.Equal((CheckStatus.Unknown, CheckFault.Offline), (judged.Status, judged.Fault));
        Assert.Matches("^we are offline: none of 127.0.0.1:[0-9]+ takes a connection; the check said: no answer$", judged.Error);
    }

    [Fact]
    public async Task One_target_that_answers_is_enough_and_is_asked_once_in_a_while()
    {
        await using var target = FakeSite.Start(call => call.StayAsync());
        using var prober = new ProberUnderTest(
            ("SiteMonitor:Connectivity:Targets:0", $"127.0.0.1:{FreePort.Next()}"), ("SiteMonitor:Connectivity:Targets:1", $"127.0.0.1:{target.Port}"), ("SiteMonitor:Connectivity:Keep", "00:01:00"));
        var connectivity = prober.Services.GetRequiredService<Connectivity>();

        var judged = await Task.WhenAll(Enumerable.Range(0, 100).Select(_ => connectivity.JudgeAsync(OutOfTime, CancellationToken.None).AsTask()));

        Assert.All(judged, result => Assert.Same(OutOfTime, result));
        Assert.Equal(1, target.Calls);
    }

    [Theory]
    [InlineData(CheckFault.Status, "192.0.2.1", false)]
    [InlineData(CheckFault.Content, "192.0.2.1", false)]
    [InlineData(CheckFault.Tls, "192.0.2.1", false)]
    [InlineData(CheckFault.Timeout, "192.0.2.1", true)]
    [InlineData(CheckFault.Timeout, "10.1.2.3", false)]
    [InlineData(CheckFault.Refused, "127.0.0.1", false)]
    [InlineData(CheckFault.Unreachable, "fe80::1", false)]
    [InlineData(CheckFault.Unreachable, "2001:db8::1", true)]
    [InlineData(CheckFault.Dns, null, true)]
    [InlineData(CheckFault.Dns, "10.0.0.53", true)]
    public void Being_offline_excuses_only_what_it_can_cause(CheckFault fault, string? address, bool excused) =>
        Assert.Equal(excused, Connectivity.Excuses(OutOfTime with { Fault = fault, Address = address }));
}
