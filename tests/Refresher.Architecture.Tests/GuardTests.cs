using System.Text.RegularExpressions;

namespace Refresher.Architecture.Tests;

/// <summary>What must not be gone around: the guard of outgoing calls, and expressions that cannot hang.</summary>
public sealed partial class GuardTests
{
    /// <summary>Files that open connections and do not name the guard themselves, and why that is right.</summary>
    private static readonly Dictionary<string, string> Elsewhere = new()
    {
        ["Refresher.Tasks/SiteMonitor/Probing/Http/Http2Exchange.cs"] = "speaks over a connection that Connector has opened",
        ["Refresher.Tasks/SiteMonitor/Probing/Names/DnsClient.cs"] = "asks the machine's own name servers, or one that DnsProbe has passed by the guard",
        ["Refresher.Tasks/SiteMonitor/Probing/Names/Routes.cs"] = "asks the kernel which way an address would go, and sends nothing",
        ["Refresher.ServiceDefaults/HealthQuestion.cs"] = "asks its own process how it is",
        ["Refresher.Tasks/SiteMonitor/Probing/Connectivity.cs"] = "calls what the configuration names, which is not a user's",
    };

    [Fact]
    public void Whatever_opens_a_connection_goes_through_the_guard()
    {
        var openers = Repository.Program.Where(file => Opens().IsMatch(Repository.Text(file))).ToList();

        Assert.True(openers.Count > 3, string.Join(' ', openers));
        Offenders.None(openers.Where(file => !Guarded().IsMatch(Repository.Text(file))).Except(Elsewhere.Keys));
        // A task whose folder is gone opens nothing.
        Offenders.None(Elsewhere.Keys.Where(Repository.Has).Except(openers).Select(file => $"{file} opens nothing any more"));
    }

    [Fact]
    public void No_call_follows_redirects_by_itself()
    {
        Offenders.None(Repository.Program
            .Where(file => Handler().IsMatch(Repository.Text(file)) && !Repository.Text(file).Contains("AllowAutoRedirect = false", StringComparison.Ordinal)));
    }

    [Fact]
    public void An_expression_that_is_not_the_program_s_own_cannot_backtrack()
    {
        Offenders.None(Repository.Program.SelectMany(file => Made().Matches(Repository.Text(file))
            .Where(match => !match.Value.Contains("RegexOptions.NonBacktracking", StringComparison.Ordinal))
            .Select(match => $"{file}: {match.Value}")));
    }

    [GeneratedRegex(@"new (HttpClient|SocketsHttpHandler|HttpClientHandler|Socket|TcpClient|UdpClient|SmtpClient|ClientWebSocket|Ping)\s*[({]")]
    private static partial Regex Opens();

    [GeneratedRegex(@"guard\.(ConnectAsync|Refusal)|class AddressGuard\(")]
    private static partial Regex Guarded();

    [GeneratedRegex(@"new (HttpClient|SocketsHttpHandler|HttpClientHandler)\b")]
    private static partial Regex Handler();

    [GeneratedRegex(@"(new Regex\(|Regex\.(IsMatch|Match|Matches|Replace|Split)\()[^;]*;")]
    private static partial Regex Made();
}
