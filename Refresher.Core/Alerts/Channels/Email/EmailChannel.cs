using System.ComponentModel;
using System.ComponentModel.DataAnnotations;
using System.Security.Cryptography.X509Certificates;
using Refresher.Core.Access;
using Refresher.Core.Contract;

namespace Refresher.Core.Alerts.Channels.Email;

/// <summary>How a connection to a mail server is secured.</summary>
internal enum MailSecurity
{
    /// <summary>Plain at first, then encrypted before anything is said (RFC 3207); refused when the server does not offer it.</summary>
    StartTls,

    /// <summary>Encrypted from the first byte (RFC 8314).</summary>
    Tls,

    /// <summary>Not at all: for a relay on the same machine or network, without a password.</summary>
    None,
}

/// <summary>A mail server and who gets the mail.</summary>
internal sealed record EmailSettings : IValidatableObject
{
    [Description("The mail server.")]
    [Required(ErrorMessage = "The mail server is needed.")]
    [RegularExpression(@"^[A-Za-z0-9]([A-Za-z0-9.:-]{0,250}[A-Za-z0-9])?$", ErrorMessage = "A host's name or address, like smtp.example.org.")]
    public string Host { get; init; } = "";

    [Description("Usually 587; 465 with Tls; 25 for a relay.")]
    [Range(1, 65535)]
    public int Port { get; init; } = 587;

    [Description("startTls: encrypted before anything is said; tls: from the first byte; none: only without a password.")]
    public MailSecurity Security { get; init; } = MailSecurity.StartTls;

    [Description("Empty: the server asks for no login.")]
    [StringLength(200)]
    public string? User { get; init; }

    [Description("Of the user; many providers give one for programs.")]
    [StringLength(500)]
    [Secret]
    public string? Password { get; init; }

    [Description("The sender's address.")]
    [Required(ErrorMessage = "The sender's address is needed.")]
    [StringLength(320)]
    public string From { get; init; } = "";

    [Description("Addresses of those who get it, one a line.")]
    [MinLength(1, ErrorMessage = "At least one address is needed.")]
    [MaxLength(50)]
    public IReadOnlyList<string> To { get; init; } = [];

    [Description("Certificates in PEM to trust instead of those of the machine, for a server with a certificate authority of your own.")]
    [Display(Name = "Certificate authority")]
    [StringLength(50_000)]
    [DataType(DataType.MultilineText)]
    public string? Ca { get; init; }

    /// <summary>Null: those of the machine.</summary>
    public X509Certificate2Collection? Trusted()
    {
        if (string.IsNullOrWhiteSpace(Ca))
        {
            return null;
        }

        var certificates = new X509Certificate2Collection();
        certificates.ImportFromPem(Ca);
        return certificates;
    }

    public IEnumerable<ValidationResult> Validate(ValidationContext validationContext)
    {
        if (From.Length > 0 && !ChannelAddresses.IsMailbox(From))
        {
            yield return new ValidationResult("It is not an address like refresher@example.org.", [nameof(From)]);
        }

        foreach (var address in To.Where(address => !ChannelAddresses.IsMailbox(address)))
        {
            yield return new ValidationResult($"'{address}' is not an address like someone@example.org.", [nameof(To)]);
        }

        if (Security == MailSecurity.None && Password is { Length: > 0 })
        {
            yield return new ValidationResult("A password is not sent over a connection that anybody can read: choose startTls or tls.", [nameof(Security)]);
        }

        if (User is { Length: > 0 } != Password is { Length: > 0 })
        {
            yield return new ValidationResult("User and password belong together.", [User is { Length: > 0 } ? nameof(Password) : nameof(User)]);
        }

        if (CaFault() is { } fault)
        {
            yield return new ValidationResult(fault, [nameof(Ca)]);
        }
    }

    private string? CaFault()
    {
        try
        {
            return Trusted() is { Count: 0 } ? "There is no certificate in it: -----BEGIN CERTIFICATE-----." : null;
        }
        catch (System.Security.Cryptography.CryptographicException error)
        {
            return $"It cannot be read: {error.Message}";
        }
    }
}

/// <summary>Email over a mail server of one's own choice (RFC 5321).</summary>
internal sealed class EmailChannel(AddressGuard guard) : ChannelKind<EmailSettings>("email", "Email", "Mail over a mail server, with a plain text and an HTML part.")
{
    protected override async Task<ChannelAnswer> SendAsync(EmailSettings settings, Dispatch dispatch, CancellationToken cancel)
    {
        try
        {
            await using var session = await SmtpSession.OpenAsync(guard, settings, cancel);
            return await session.SendAsync(settings.From, settings.To, MailText.Write(settings, dispatch), cancel);
        }
        catch (SmtpException refused)
        {
            var text = $"{refused.During}: {refused.Reply}";
            return refused.IsPermanent ? ChannelAnswer.Refused(refused.Code, text) : ChannelAnswer.Again(refused.Code, text);
        }
    }

    protected override string Describe(EmailSettings settings) => string.Join(", ", settings.To);
}
