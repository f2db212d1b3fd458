using System.Globalization;
using System.Net;

namespace Refresher.Tasks.SiteMonitor.Probing;

/// <summary>How far a look has come: what it waits for when its time ends.</summary>
internal enum LookStage
{
    Beginning,
    Resolving,
    Connecting,
    Securing,
    Sending,
    Waiting,
    Head,
    Body,
    Judging,
}

/// <summary>
/// One look at a site while it goes on: what was found so far and how long each phase took. Phases of several requests (redirects) add up;
/// time is monotonic.
/// </summary>
internal sealed class Look(TimeProvider clock, TimeSpan limit)
{
    private const int MostErrorCharacters = 500;

    private readonly long _begun = clock.GetTimestamp();
    private CheckFault? _fault;
    private string? _error;

    public TimeProvider Clock => clock;

    public LookStage Stage { get; set; }

    public double? DnsMs { get; private set; }

    public double? ConnectMs { get; private set; }

    public double? TlsMs { get; private set; }

    public double? FirstByteMs { get; private set; }

    public double? TransferMs { get; private set; }

    public int? StatusCode { get; set; }

    /// <summary>Of the body of the answer at hand.</summary>
    public long? Bytes { get; set; }

    /// <summary>The name that is being resolved or asked, for words.</summary>
    public string Name { get; set; } = "";

    /// <summary>What is connected to; an attempt counts.</summary>
    public IPEndPoint? Peer { get; set; }

    /// <summary>Who is asked for the name's addresses.</summary>
    public IPEndPoint? NameServer { get; set; }

    public DateTimeOffset? CertificateExpiresAt { get; set; }

    public bool? Matched { get; set; }

    public string? Body { get; set; }

    public long Now => clock.GetTimestamp();

    /// <summary>Until its time ends; never negative.</summary>
    public TimeSpan Left => limit - clock.GetElapsedTime(_begun) is { Ticks: > 0 } left ? left : TimeSpan.Zero;

    public void Resolved(long since) => DnsMs = Sum(DnsMs, since);

    public void Connected(long since) => ConnectMs = Sum(ConnectMs, since);

    public void Secured(long since) => TlsMs = Sum(TlsMs, since);

    public void FirstByte(long since) => FirstByteMs = Sum(FirstByteMs, since);

    public void Transferred(long since) => TransferMs = Sum(TransferMs, since);

    public bool HasFailed => _fault is not null;

    /// <summary>Notes why it is not up; the first reason stays.</summary>
    public void Fail(CheckFault fault, string words)
    {
        if (_fault is null)
        {
            _fault = fault;
            _error = PlainText.Cut(words, MostErrorCharacters);
        }
    }

    /// <summary>Its time is over: notes what did not come.</summary>
    public void RunOut(CheckSpec spec) =>
        Fail(Stage == LookStage.Resolving && spec.Kind != SiteKind.Dns ? CheckFault.Dns : CheckFault.Timeout, WhatIsMissing());

    private string WhatIsMissing()
    {
        var within = $"no answer within {PlainText.Of(limit)}: ";
        return within + Stage switch
        {
            LookStage.Resolving => NameServer is null ? $"the name {Name} was not resolved" : $"the name server {NameServer} did not answer for {Name}",
            LookStage.Connecting => $"{Peer} did not take the connection",
            LookStage.Securing => $"the TLS handshake with {Peer} did not end",
            LookStage.Sending => "the request could not be sent whole",
            LookStage.Waiting => "the request was sent and nothing came",
            LookStage.Head => "the head of the answer did not end",
            LookStage.Body => string.Create(CultureInfo.InvariantCulture, $"{Bytes ?? 0:#,##0} bytes of the body had come"),
            _ => "it took too long",
        };
    }

    public CheckResult Result(CheckSpec spec)
    {
        var total = clock.GetElapsedTime(_begun).TotalMilliseconds;
        if (_fault is null && total > spec.DegradedAbove?.TotalMilliseconds)
        {
            Fail(CheckFault.Slow, string.Create(CultureInfo.InvariantCulture, $"it took {total:#,##0} ms, more than {spec.DegradedAbove.Value.TotalMilliseconds:#,##0} ms"));
        }

        return new CheckResult
        {
            Status = _fault switch
            {
                null => CheckStatus.Up,
                CheckFault.Slow => CheckStatus.Degraded,
                CheckFault.Offline or CheckFault.Internal => CheckStatus.Unknown,
                _ => CheckStatus.Down,
            },
            Fault = _fault,
            Error = _error,
            StatusCode = StatusCode,
            DnsMs = DnsMs,
            ConnectMs = ConnectMs,
            TlsMs = TlsMs,
            FirstByteMs = FirstByteMs,
            TransferMs = TransferMs,
            TotalMs = Math.Round(total, 3),
            Bytes = Bytes,
            Address = Peer?.Address.ToString(),
            CertificateExpiresAt = CertificateExpiresAt,
            Matched = Matched,
            Body = Body,
        };
    }

    private double Sum(double? before, long since) => Math.Round((before ?? 0) + clock.GetElapsedTime(since).TotalMilliseconds, 3);
}
