/** What the sandbox says of itself at its root. */
export const welcome = `This is the Dailies sandbox: a video gateway that speaks the API of the real one and renders small films by itself.

POST   /v1/videos              {"model","prompt","seconds","size","input_reference","idempotency_key",…}, or the same as a form;
                               ?dryRun=true tells the price and makes nothing
GET    /v1/videos              the videos, newest first; ?limit=&after=&order=
GET    /v1/videos/:id          the video's status; output.url once it is completed
GET    /v1/videos/:id/content  the film's bytes
DELETE /v1/videos/:id          cancels; in the dialect "content" it takes the video away, as OpenAI's does
POST   /v1/moderations         {"input","model"}: whether words are flagged, which none are but "flag please"
GET    /v1/models  /v1/models/:id  ?schema=true: what an order of it may say, as a JSON schema

Beside OpenAI's, and under /v1 alone:
GET    /v1/requests            ?created_after=&user=&cursor=&limit= what was asked, newest first, refused orders too
GET    /v1/requests/:id        one of them
GET    /v1/balance
GET    /v1/webhooks/secret     {"key":"whsec_…"}
GET    /sandbox/stats          (without a key)

All of /v1 (but for the native calls also as /openai/v1) takes "Authorization: Bearer <key>".

An order may also say: duration (another name for seconds), aspect_ratio and resolution (size wins over both), user and metadata,
webhook_url, character_ids (two at most), delete_video, detect_and_block_ip, openai_api_key (taken, and neither kept nor logged).
model may be a snapshot. The idempotency key may come as the header Idempotency-Key; the field wins. Fields it does not know are taken.

webhook_url is https of a domain on port 443 or 8443, or anything on loopback, and loopback alone is ever called: video.completed,
video.failed, video.cancelled, after Standard Webhooks (webhook-id, webhook-timestamp, webhook-signature). data.id is the request's
id (req_…), data.video_id the video's. What is not answered 2xx is sent again after 5, 15 and 45 s.

A prompt with the word "forbidden" is declined with CONTENT_POLICY_VIOLATION, and with detect_and_block_ip one with "trademark";
one with "fail please" is accepted and then fails.
`;
