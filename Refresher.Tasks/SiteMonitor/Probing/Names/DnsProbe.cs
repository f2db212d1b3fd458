using System.Net;
using Refresher.Core.Access;

namespace Refresher.Tasks.SiteMonitor.Probing.Names;

/// <summary>Asks a name server for records, and whether they are the expected ones.</summary>
internal sealed class DnsProbe(ResolverSettings settings, AddressGuard guard)
{
    private static readonly DnsCheck Plain = new();

    /// <exception cref="CheckFailedException">There was no answer to judge.</exception>
    public async ValueTask LookAsync(CheckSpec spec, Look look, CancellationToken cancel)
    {
        var check = spec.Dns ?? Plain;
        if (!DnsQuestion.TryName(spec.Target, out var name) || !DnsRecord.TryType(check.Record, out var type))
        {
            throw new CheckFailedException(CheckFault.Internal, $"{spec.Target} {check.Record} is no question");
        }

        look.Stage = LookStage.Resolving;
        look.Name = $"{name} {check.Record.ToUpperInvariant()}";
        var began = look.Now;
        var answer = await DnsClient.AskAsync(new DnsQuestion(name, type), Servers(check), server => look.Peer = look.NameServer = server, cancel);
        look.Resolved(began);
        Judge(check, name, answer, answer.Of(name, type), look);
    }

    private static void Judge(DnsCheck check, string name, DnsAnswer answer, IReadOnlyList<DnsRecord> records, Look look)
    {
        if (answer.Code != 0)
        {
            look.Fail(CheckFault.Dns, $"the name server {look.Peer} {answer.CodeWords(name)}");
            return;
        }

        if (records.Count == 0)
        {
            look.Fail(CheckFault.Dns, $"{name} has no {check.Record.ToUpperInvariant()} record");
        }

        var missing = check.Expected.Where(expected => !records.Any(record => record.Is(expected))).ToList();
        if (missing.Count > 0)
        {
            look.Fail(CheckFault.Dns, $"{string.Join(", ", missing)} is not among the answers: {string.Join(", ", records.Select(record => record.Text))}");
        }

        if (look.HasFailed)
        {
            look.Body = PlainText.Clean(string.Join('\n', answer.Records.Select(record => $"{record.Name} {record.Type.ToString().ToUpperInvariant()} {record.Text}")), PlainText.KeptBytes);
        }
    }

    /// <summary>The server that the check names, which passes the guard as any address that somebody enters; or the machine's own.</summary>
    private IReadOnlyList<IPEndPoint> Servers(DnsCheck check)
    {
        if (check.Server is null)
        {
            return settings.Current.Servers is { Count: > 0 } own ? own : throw new CheckFailedException(CheckFault.Internal, "this machine names no name server in /etc/resolv.conf; name one in the check");
        }

        var server = HostAndPort.Parse(check.Server, otherwise: 53);
        var address = IPAddress.Parse(server.Host);
        return guard.Refusal(address) is { } why
            ? throw new CheckFailedException(CheckFault.Forbidden, $"{address} is not called: {why}")
            : [new IPEndPoint(address, server.Port)];
    }
}
