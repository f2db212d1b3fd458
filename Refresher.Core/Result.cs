namespace Refresher.Core;

/// <summary>What came of something a person or a program asked for: a value, errors by field, a conflict, or nothing of that name.</summary>
public sealed class Result<T>
    where T : class
{
    private Result(T? value, FieldErrors? errors, string? conflict) => (Value, Errors, Conflict) = (value, errors, conflict);

    /// <summary>Set when it was done.</summary>
    public T? Value { get; }

    /// <summary>Set when the input was wrong.</summary>
    public FieldErrors? Errors { get; }

    /// <summary>Set when the input was right but the state of things forbids it: a sentence for people.</summary>
    public string? Conflict { get; }

    /// <summary>There is no such thing.</summary>
    public bool IsNotFound => Value is null && Errors is null && Conflict is null;

    public static Result<T> NotFound { get; } = new(null, null, null);

    public static Result<T> Done(T value) => new(value, null, null);

    public static Result<T> Invalid(FieldErrors errors) => new(null, errors, null);

    public static Result<T> Refused(string conflict) => new(null, null, conflict);
}
