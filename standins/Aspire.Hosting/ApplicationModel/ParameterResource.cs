// Stand-in for Aspire.Hosting: a value that comes from outside, such as a password.
namespace Aspire.Hosting.ApplicationModel;

/// <summary>A value given by configuration (<c>Parameters:name</c>), or else by its default.</summary>
public sealed class ParameterResource(string name, Func<ParameterDefault?, string> callback, bool secret = false) : Resource(name), IValueProvider
{
    private string? _value;

    public bool Secret { get; } = secret;

    public ParameterDefault? Default { get; set; }

    public ValueTask<string?> GetValueAsync(CancellationToken cancellationToken = default) => new(_value ??= callback(Default));
}

/// <summary>How a parameter gets its value when nobody gives one.</summary>
public abstract class ParameterDefault
{
    public abstract string GetDefaultValue();
}

/// <summary>A random value.</summary>
public sealed class GenerateParameterDefault : ParameterDefault
{
    private const string LowerLetters = "abcdefghjkmnpqrstuvwxyz";
    private const string UpperLetters = "ABCDEFGHJKMNPQRSTUVWXYZ";
    private const string Digits = "0123456789";
    private const string Specials = "-_.{}~()*+!";

    /// <summary>Its length in characters; 22 of all kinds are 128 bits.</summary>
    public int MinLength { get; set; } = 22;

    public bool Lower { get; set; } = true;

    public bool Upper { get; set; } = true;

    public bool Numeric { get; set; } = true;

    public bool Special { get; set; } = true;

    public override string GetDefaultValue()
    {
        var alphabet = string.Concat(Lower ? LowerLetters : "", Upper ? UpperLetters : "", Numeric ? Digits : "", Special ? Specials : "");
        return System.Security.Cryptography.RandomNumberGenerator.GetString(alphabet, MinLength);
    }
}

/// <summary>A default that is made once and then kept with the local data, as user secrets keep it in Aspire.</summary>
internal sealed class KeptParameterDefault(string name, ParameterDefault inner, Orchestration.StateFolder state) : ParameterDefault
{
    public override string GetDefaultValue() => state.KeepSecret(name, inner.GetDefaultValue);
}
