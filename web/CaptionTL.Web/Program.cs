using CaptionTL.Service;

var builder = WebApplication.CreateBuilder(args);
builder.AddCaptionTL();
var app = builder.Build();
app.MapCaptionTL();
await app.RunAsync();
